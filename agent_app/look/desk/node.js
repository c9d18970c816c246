/** One node: its texts, its fields, the ways out of it. */
class NodeForm {
  constructor(screen) {
    this.screen = screen;
    this.controls = [];
    this.current = 0;
    const items = screen.items.map((item) => this.item(item));
    this.soft = screen.complaints.filter((complaint) => complaint.soft);
    const hard = screen.complaints.filter((complaint) => !complaint.soft);
    for (const complaint of hard) {
      const control = this.controls.find((one) => one.field.name === complaint.field);
      if (control) control.complain(complaint.message);
    }
    const loose = hard.filter((complaint) => !this.controls.some((one) => one.field.name === complaint.field));
    this.softOnly = this.soft.length > 0 && hard.length === 0;
    this.element = h("section", { class: this.controls.length > 1 ? "wh-node wh-several" : "wh-node", "aria-labelledby": "wh-title" },
      this.header(),
      h("div", { class: "wh-items" }, items,
        loose.map((complaint) => h("p", { class: "wh-complaint", role: "alert" }, complaint.message))),
      this.footer());
    // Where the work is: what is complained about, else the first question that has no answer yet.
    const doubted = this.soft.map((complaint) => complaint.field);
    const wrong = this.controls.findIndex((control) => control.complaint || doubted.includes(control.field.name));
    const open = this.controls.findIndex((control) => control.isEmpty());
    this.current = Math.max(wrong >= 0 ? wrong : open, 0);
    this.shownAt = performance.now();
  }

  header() {
    const percent = Math.round(this.screen.progress * 100);
    return h("header", { class: "wh-node-head" },
      h("h2", { id: "wh-title" }, this.screen.title),
      h("div", { class: "wh-progress", role: "progressbar", "aria-label": t("progress"), "aria-valuenow": percent,
        "aria-valuemin": 0, "aria-valuemax": 100 }, h("span", { style: `width:${percent}%` })),
      h("span", { class: "wh-percent" }, `${percent}%`));
  }

  footer() {
    const exits = this.screen.exits.map((exit) =>
      h("button", { type: "button", class: "wh-button wh-exit", "data-exit": exit.id, onclick: () => this.exit(exit) },
        key(exit.key.toUpperCase()), h("span", {}, exit.label)));
    return h("footer", { class: "wh-node-foot" }, this.softOnly ? this.softPanel() : null,
      h("div", { class: "wh-way" },
        keyButton("Shift+Enter", t("back"), { disabled: !this.screen.can_go_back, "data-back": "", onclick: () => this.back() }),
        this.canJump() ? keyButton("F6", t("jump"), { "data-jump": "", onclick: () => this.askForVisits() }) : null,
        keyButton("Enter", t("next"), { class: "wh-button wh-primary wh-next", "data-next": "", onclick: () => this.submit() })),
      exits.length ? h("div", { class: "wh-exits", role: "group", "aria-label": t("exits") },
        this.hasTyping() ? h("kbd", { class: "wh-with", "data-alt": "" }, "Alt +") : null, exits) : null);
  }

  softPanel() {
    return h("div", { class: "wh-soft", role: "alert" },
      h("strong", {}, t("soft")),
      this.soft.map((complaint) => h("p", {}, complaint.message)),
      h("button", { type: "button", class: "wh-button wh-warn", "data-confirm": "", onclick: () => this.confirm() },
        key("F9"), h("span", {}, t("confirm"))));
  }

  item(item) {
    switch (item.type) {
      case "say": return h("p", { class: "wh-say" }, item.text);
      case "note": return h("p", { class: "wh-note" }, h("span", { class: "wh-note-tag" }, t("note")), item.text);
      case "field": return this.add(item);
      case "matrix": return this.matrix(item);
      default: return null;
    }
  }

  add(field, inMatrix = false) {
    const control = makeControl(field, this, this.controls.length, inMatrix);
    this.controls.push(control);
    return control.element;
  }

  matrix(item) {
    const options = item.rows[0]?.options ?? [];
    const head = h("div", { class: "wh-matrix-row wh-matrix-head", "aria-hidden": "true" }, h("span", {}),
      h("div", { class: "wh-scale" }, options.map((option, index) => h("span", {}, key(String(index + 1)), option.label))));
    const rows = item.rows.map((row) => this.add(row, true));
    const specials = item.rows[0]?.specials ?? [];
    const first = this.controls.length - item.rows.length;
    // One line of specials for all rows: they are for the row that is current.
    const line = specials.length ? h("div", { class: "wh-specials" }, specials.map((special) =>
      h("button", { type: "button", class: "wh-button wh-special", "data-special": special, onclick: () => {
        if (this.current < first || this.current >= first + rows.length) this.turnTo(first);
        this.special(SPECIAL_KEYS[special]);
      } }, key(SPECIAL_KEYS[special]), h("span", {}, t(`special.${special}`))))) : null;
    return h("div", { class: "wh-matrix", role: "group", "aria-label": item.label,
      style: `--columns:${options.length}` }, item.label ? h("p", { class: "wh-label" }, item.label) : null, head, rows, line);
  }

  hasTyping() { return this.screen.items.some((item) => item.type === "field" && ENTRY_TYPES.has(item.field_type) && !NUMERIC.has(item.field_type)); }

  // --- where the keys go
  active() { return this.controls[this.current]; }
  focus() {
    this.turnTo(this.current);
    // The agent reads the question first; only what is further down is scrolled to.
    if (this.current === 0 && !this.active()?.complaint) this.element.querySelector(".wh-items").scrollTop = 0;
  }
  /** More of a question that is longer than the window. */
  page() {
    const items = this.element.querySelector(".wh-items");
    if (items.scrollHeight <= items.clientHeight) return false;
    const end = items.scrollTop + items.clientHeight >= items.scrollHeight - 1;
    items.scrollTop = end ? 0 : items.scrollTop + 0.8 * items.clientHeight;
    return true;
  }
  turnTo(index) {
    const now = performance.now();
    if (this.active()) this.active().spent += now - this.shownAt;
    this.shownAt = now;
    this.current = Math.max(0, Math.min(index, this.controls.length - 1));
    this.controls.forEach((control, position) => control.element.classList.toggle("wh-current", position === this.current && this.controls.length > 1));
    const control = this.active();
    if (control) control.focus();
    else if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  }
  move(by) {
    if (this.controls.length < 2) return false;
    this.turnTo(this.current + by);
    return true;
  }
  digit(name) { return this.active()?.digit(name) ?? false; }
  letter(name) {
    const exit = this.screen.exits.find((one) => one.key.toLowerCase() === name);
    return exit ? this.exit(exit) : false;
  }
  special(name) {
    const control = this.active();
    const special = control?.field.specials.find((one) => SPECIAL_KEYS[one] === name);
    if (!special) return false;
    control.setSpecial(control.specialValue === special ? null : special);
    return true;
  }
  enter() {
    if (this.active()?.enter()) return true;
    if (this.current < this.controls.length - 1) { this.turnTo(this.current + 1); return true; }
    return this.submit();
  }

  // --- what leaves
  values() {
    const values = {};
    for (const control of this.controls) Object.assign(values, control.value());
    return values;
  }
  answer(confirmed) {
    const now = performance.now();
    if (this.active()) this.active().spent += now - this.shownAt;
    this.shownAt = now;
    const spent = {};
    for (const control of this.controls) if (control.spent > 0) spent[control.field.name] = Math.round(control.spent);
    post({ type: "answer", place: this.screen.place, values: this.values(), confirmed, spent });
    return true;
  }
  submit() { return this.answer(false); }
  confirm() {
    if (!this.softOnly) return false;
    return this.answer(true);
  }
  exit(exit) { post({ type: "exit", exit: exit.id }); return true; }
  back() {
    if (!this.screen.can_go_back) return false;
    post({ type: "back" });
    return true;
  }

  // --- going to an answered question
  canJump() { return this.screen.visits.some((visit) => visit.place !== this.screen.place); }
  askForVisits() {
    if (!this.canJump()) return false;
    post({ type: "visits" });
    return true;
  }

  // --- kept when the page is drawn again in mid-question (another language, a banner)
  snapshot() { return { current: this.current, controls: this.controls.map((control) => control.snapshot()) }; }
  restore(kept) {
    if (!kept || kept.controls.length !== this.controls.length) return;
    this.controls.forEach((control, index) => control.restore(kept.controls[index]));
    this.current = kept.current;
  }
}

// ---------------------------------------------------------------- fields

function makeControl(field, form, index, inMatrix) {
  if (field.field_type === "boolean" || field.field_type === "choice" || field.field_type === "choices") {
    return new ChoiceControl(field, form, index, inMatrix);
  }
  return new EntryControl(field, form, index);
}

class Control {
  constructor(field, form, index) {
    this.field = field;
    this.form = form;
    this.index = index;
    this.specialValue = field.special ?? null;
    this.complaint = null;
    this.spent = 0;
    this.id = `wh-field-${index}`;
  }
  frame(body, inMatrix = false) {
    const { field } = this;
    this.message = h("p", { class: "wh-complaint", id: `${this.id}-error`, role: "alert", hidden: true });
    this.tag = inMatrix ? h("span", { class: "wh-tag", hidden: true }) : null;
    this.specials = inMatrix ? [] : field.specials.map((special) =>
      h("button", { type: "button", class: "wh-button wh-special", "data-special": special, "aria-pressed": "false",
        onclick: () => { this.form.turnTo(this.index); this.setSpecial(this.specialValue === special ? null : special); } },
        key(SPECIAL_KEYS[special]), h("span", {}, t(`special.${special}`))));
    const label = field.label ? h("div", { class: "wh-label", id: `${this.id}-label` }, field.label,
      field.required && !inMatrix ? h("span", { class: "wh-required" }, t("required")) : null, this.tag) : null;
    this.element = h("div", { class: inMatrix ? "wh-field wh-matrix-row" : "wh-field", "data-field": field.name,
      onmousedown: () => { if (this.form.current !== this.index) this.form.turnTo(this.index); } },
      label, field.hint ? h("p", { class: "wh-hint" }, field.hint) : null, body,
      this.specials.length ? h("div", { class: "wh-specials" }, this.specials) : null, this.message);
    this.paintSpecials();
  }
  complain(message) {
    this.complaint = message;
    this.message.textContent = message;
    this.message.hidden = false;
    this.element.classList.add("wh-wrong");
  }
  paintSpecials() {
    if (this.tag) {
      this.tag.hidden = !this.specialValue;
      this.tag.textContent = this.specialValue ? t(`special.${this.specialValue}`) : "";
    }
    for (const button of this.specials) {
      button.setAttribute("aria-pressed", String(button.dataset.special === this.specialValue));
    }
  }
  /** Something was answered: what was said about the answer before no longer holds. */
  touched() {
    if (!this.complaint) return;
    this.complaint = null;
    this.message.hidden = true;
    this.element.classList.remove("wh-wrong");
  }
  setSpecial(special) {
    this.touched();
    this.specialValue = special;
    if (special) this.clear();
    this.paintSpecials();
  }
  digit() { return false; }
  enter() { return false; }
}

class EntryControl extends Control {
  constructor(field, form, index) {
    super(field, form, index);
    const numeric = NUMERIC.has(field.field_type);
    const long = field.field_type === "text" && (field.length === null || field.length[1] > 60);
    this.input = h(long ? "textarea" : "input", {
      id: this.id, class: numeric ? "wh-entry wh-number" : "wh-entry", rows: long ? 2 : null, type: long ? null : "text",
      inputmode: numeric ? "decimal" : null, autocomplete: "off", spellcheck: "false",
      "data-numeric": numeric ? "yes" : null, "aria-labelledby": `${this.id}-label`, "aria-describedby": `${this.id}-error`,
      value: shown(field.value), maxlength: field.length ? Math.max(field.length[1] * 2, 20) : null,
      oninput: () => { this.touched(); if (this.input.value && this.specialValue) this.setSpecial(null); },
      onfocus: () => { if (this.form.current !== this.index) this.form.turnTo(this.index); },
    });
    this.frame(h("div", { class: "wh-entry-line" }, this.input, this.rangeHint()));
  }
  rangeHint() {
    const { minimum, maximum, field_type: type } = this.field;
    const [low, high] = [shown(minimum), shown(maximum)];
    const parts = [];
    if (["date", "time", "datetime"].includes(type)) parts.push(t(type));
    if (low !== "" && high !== "") parts.push(t("range", { minimum: low, maximum: high }));
    else if (low !== "") parts.push(t("at_least", { minimum: low }));
    else if (high !== "") parts.push(t("at_most", { maximum: high }));
    return parts.length ? h("span", { class: "wh-range" }, parts.join(" · ")) : null;
  }
  clear() { this.input.value = ""; }
  isEmpty() { return this.input.value === "" && !this.specialValue; }
  focus() { this.input.focus({ preventScroll: false }); if (this.input.select && !this.input.matches("textarea")) this.input.select(); }
  value() {
    if (this.specialValue) return { [this.field.name]: { special: this.specialValue } };
    const text = this.input.value.trim();
    return { [this.field.name]: text === "" ? null : normalise(text, this.field.field_type) };
  }
  snapshot() { return { text: this.input.value, special: this.specialValue }; }
  restore(kept) { this.input.value = kept.text; this.specialValue = kept.special; this.paintSpecials(); }
}

class ChoiceControl extends Control {
  constructor(field, form, index, inMatrix) {
    super(field, form, index);
    this.many = field.field_type === "choices";
    this.options = field.field_type === "boolean"
      ? [{ value: true, label: t("yes"), exclusive: false, other: null }, { value: false, label: t("no"), exclusive: false, other: null }]
      : field.options;
    this.twoDigits = this.options.length > 9;
    this.pending = "";
    this.chosen = new Set(this.many ? field.value ?? [] : field.value === null || field.value === undefined ? [] : [field.value]);
    this.buttons = this.options.map((option, position) =>
      h("button", { type: "button", class: "wh-option", role: this.many ? "checkbox" : "radio", "data-option": String(option.value), tabindex: "-1",
        onclick: () => { this.form.turnTo(this.index); this.choose(position); } },
        inMatrix ? h("span", { class: "wh-dot" }) : key(this.keyOf(position)), inMatrix ? h("span", { class: "wh-visually-hidden" }, option.label) : h("span", {}, option.label)));
    const longest = Math.max(0, ...this.options.map((option) => option.label.length));
    const many = this.options.length > 12 && longest <= 18 ? " wh-four-columns" : "";
    const columns = inMatrix ? "" : many || (this.options.length > 6 && longest <= 24 ? " wh-two-columns" : "");
    this.group = h("div", { class: inMatrix ? "wh-scale" : `wh-options${columns}`, role: this.many ? "group" : "radiogroup", tabindex: "-1",
      "aria-labelledby": `${this.id}-label`, "aria-describedby": `${this.id}-error` }, this.buttons);
    const tips = [this.many ? t("choose_many") : "", this.twoDigits ? t("two_digits") : ""].filter(Boolean).join(" · ");
    this.frame(h("div", {}, this.group, tips && !inMatrix ? h("p", { class: "wh-tip" }, tips) : null), inMatrix);
    this.paint();
  }
  keyOf(position) { return this.twoDigits ? String(position + 1).padStart(2, "0") : String(position + 1); }
  digit(name) {
    if (!this.twoDigits) return this.choose(Number(name) - 1);
    this.pending += name;
    this.group.dataset.pending = this.pending;
    if (this.pending.length < 2) return true;
    const position = Number(this.pending) - 1;
    this.pending = "";
    delete this.group.dataset.pending;
    return this.choose(position) || true;
  }
  choose(position) {
    const option = this.options[position];
    if (!option) return false;
    if (!this.many) this.chosen = new Set([option.value]);
    else if (this.chosen.has(option.value)) this.chosen.delete(option.value);
    else {
      for (const other of this.options) if (option.exclusive || other.exclusive) this.chosen.delete(other.value);
      this.chosen.add(option.value);
    }
    this.touched();
    if (this.specialValue) this.setSpecial(null);
    this.paint();
    return true;
  }
  paint() {
    this.options.forEach((option, position) => this.buttons[position].setAttribute("aria-checked", String(this.chosen.has(option.value))));
  }
  clear() { this.chosen = new Set(); this.paint(); }
  isEmpty() { return this.chosen.size === 0 && !this.specialValue; }
  focus() { this.group.focus({ preventScroll: true }); this.element.scrollIntoView({ block: "nearest" }); }
  value() {
    if (this.specialValue) return { [this.field.name]: { special: this.specialValue } };
    const chosen = this.options.map((option) => option.value).filter((value) => this.chosen.has(value));
    if (this.many) return { [this.field.name]: chosen.length ? chosen : null };
    return { [this.field.name]: chosen.length ? chosen[0] : null };
  }
  snapshot() { return { chosen: [...this.chosen], special: this.specialValue }; }
  restore(kept) { this.chosen = new Set(kept.chosen); this.specialValue = kept.special; this.paintSpecials(); this.paint(); }
}

// ---------------------------------------------------------------- dialogs: a list to pick from, a text, the keys

/** What stands over the desk until it is closed; it has all keys meanwhile. */
class Dialog {
  constructor(title, ...body) {
    this.before = document.activeElement;
    this.body = h("div", { class: "wh-dialog-body" }, h("h2", { id: "wh-dialog-title" }, title), ...body);
    this.element = h("div", { class: "wh-dialog", role: "dialog", "aria-modal": "true", "aria-labelledby": "wh-dialog-title",
      onmousedown: (event) => { if (event.target === this.element) this.close(); } }, this.body);
  }
  open() {
    desk.dialog?.close();
    desk.dialog = this;
    desk.root.append(this.element);
    this.focus();
    return true;
  }
  close() {
    if (desk.dialog === this) desk.dialog = null;
    this.element.remove();
    desk.form.focus();
    return true;
  }
  focus() { this.element.querySelector("input, textarea, button")?.focus(); }
  closeButton() { return keyButton("Esc", t("close"), { onclick: () => this.close() }); }
  keepFocus(event) {
    const stops = [...this.element.querySelectorAll("input, textarea, button")];
    const at = stops.indexOf(document.activeElement);
    const next = (at + (event.shiftKey ? stops.length - 1 : 1)) % stops.length;
    stops[next]?.focus();
    stop(event);
  }
  press(event, target) {
    if (event.key === "Escape") return this.close();
    return this.hear(event, target);
  }
  hear() { return true; }
}

/** One of several, by digit, arrows and Enter; with `search` by typing a part of it. */
class Pick extends Dialog {
  constructor(title, choices, onPick, { search = false, picked = 0 } = {}) {
    const list = h("div", { class: "wh-jumps" });
    const input = search
      ? h("input", { class: "wh-entry wh-search", type: "text", placeholder: t("search"), "aria-label": t("search"), autocomplete: "off",
        spellcheck: "false", oninput: () => this.filter() })
      : null;
    super(title, input, list);
    this.body.append(this.closeButton());
    Object.assign(this, { choices, onPick, list, input, picked });
    this.show(choices);
  }
  show(choices) {
    this.shown = choices;
    this.picked = Math.max(0, Math.min(this.picked, choices.length - 1));
    this.buttons = choices.map((choice, index) =>
      h("button", { type: "button", class: "wh-jump", tabindex: this.input ? "-1" : "0", ...choice.data, onclick: () => this.pick(choice) },
        this.input || index > 8 ? null : key(String(index + 1)), h("span", {}, choice.label), choice.tag ? h("span", { class: "wh-tag" }, choice.tag) : null));
    this.list.replaceChildren(...(this.buttons.length ? this.buttons : [h("p", { class: "wh-soft-text", role: "status" }, t("nothing_found"))]));
    this.mark();
  }
  filter() {
    const wanted = this.input.value.trim().toLowerCase();
    this.picked = 0;
    this.show(this.choices.filter((choice) => choice.label.toLowerCase().includes(wanted)));
  }
  mark() {
    this.buttons.forEach((button, index) => {
      button.classList.toggle("wh-picked", index === this.picked);
      button.setAttribute("aria-current", String(index === this.picked));
    });
    this.buttons[this.picked]?.scrollIntoView({ block: "nearest" });
    if (!this.input && this.element?.isConnected) this.buttons[this.picked]?.focus();
  }
  focus() { (this.input ?? this.buttons[this.picked])?.focus(); this.mark(); }
  pick(choice) {
    this.close();
    this.onPick(choice);
    return true;
  }
  hear(event, target) {
    const count = this.shown.length;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (count) this.picked = (this.picked + (event.key === "ArrowDown" ? 1 : count - 1)) % count;
      this.mark();
      return true;
    }
    if (event.key === "Enter") {
      if (target?.matches("button:not(.wh-jump)")) return false;
      return count ? this.pick(this.shown[this.picked]) : true;
    }
    if (isEntry(target)) return false;
    const choice = /^[1-9]$/.test(event.key) ? this.shown[Number(event.key) - 1] : null;
    return choice ? this.pick(choice) : true;
  }
}

/** A text of one's own; Enter sends it, Shift+Enter begins a new line. */
class Write extends Dialog {
  constructor(title, label, text, onWritten) {
    const area = h("textarea", { class: "wh-entry", rows: 3, maxlength: 1000, "aria-label": label, value: text });
    super(title, h("label", {}, label), area);
    const send = keyButton("Enter", t("send"), { class: "wh-button wh-primary", onclick: () => this.send() });
    this.body.append(h("div", { class: "wh-way" }, this.closeButton(), send));
    Object.assign(this, { area, onWritten });
  }
  send() {
    const text = this.area.value;
    this.close();
    this.onWritten(text);
    return true;
  }
  hear(event, target) {
    if (event.key === "Enter" && !event.shiftKey && (target === this.area || !target)) return this.send();
    return false;
  }
}

function openJumpList(visits, here) {
  const choices = visits.map((visit) => ({
    label: visit.title, place: visit.place, tag: visit.place === here ? t("here") : "", data: { "data-place": visit.place },
  }));
  const at = visits.findIndex((visit) => visit.place === here);
  const picked = Math.max(at >= 0 ? at - 1 : visits.length - 1, 0);
  return new Pick(t("jump"), choices, (choice) => post({ type: "jump", place: choice.place }), { search: true, picked }).open();
}

function openStates() {
  const strip = desk.data.strip;
  if (!strip) return false;
  const choices = strip.states.map((state) => ({
    label: state.title, code: state.code, tag: state.code === strip.code ? t("here") : "", data: { "data-choose-state": state.code },
  }));
  const title = strip.kind === "talking" ? t("state_after") : t("state_title");
  return new Pick(title, choices, (choice) => post({ type: "state", state: choice.code })).open();
}

function openTool(tool) {
  if (!desk.data.tools[tool]) return false;
  const before = tool === "note" ? desk.data.note : "";
  return new Write(t(`${tool}_title`), t(`${tool}_label`), before, (text) => post({ type: tool, text })).open();
}

const HELP = [
  ["1 … 9", "choose"], ["Enter", "enter"], ["Shift+Enter", "back"], ["↑ ↓", "move"], ["PageDown", "page"], ["F2 F3 F4", "special"], ["F6", "jump"],
  ["F7", "language"], ["F8", "dial"], ["F9", "confirm"], ["F10", "state"], ["Shift+F2", "note"], ["Shift+F3", "report"],
  ["Shift+F4", "park"], ["A … Z", "exit"], ["?  F1", "help"],
];

class Help extends Dialog {
  constructor() {
    super(t("help"), h("dl", { class: "wh-help" }, HELP.map(([keys, name]) => h("div", {}, h("dt", {}, key(keys)), h("dd", {}, t(`help.${name}`))))));
    this.body.classList.add("wh-wide");
    this.body.append(this.closeButton());
  }
  hear(event, target) {
    if (event.key === "Enter" && target?.matches("button")) return false;
    return event.key === "?" || event.key === "F1" || event.key === "Enter" ? this.close() : true;
  }
}

function openHelp() { return new Help().open(); }

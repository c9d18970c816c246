/** Waiting, failing, ending, an empty queue: a text and what can be done about it. */
class Panel {
  constructor(view) {
    this.choices = view.choices ?? [];
    this.buttons = this.choices.map((choice) =>
      h("button", { type: "button", class: choice.key === "Enter" ? "wh-button wh-primary" : "wh-button", "data-choice": choice.id,
        onclick: () => this.choose(choice) }, choice.key ? key(choice.key) : null,
      h("span", { class: "wh-choice-text" }, h("span", {}, choice.label), (choice.lines ?? []).map((line) => h("small", {}, line)))));
    this.element = h("section", { class: `wh-panel wh-${view.tone ?? "plain"}`, role: "status", "aria-live": "polite" },
      h("h2", {}, view.title, view.timer ? h("span", { class: "wh-clock wh-timer", "data-clock": "" }) : null),
      (view.lines ?? []).map((line) => h("p", {}, line)),
      view.small ? h("p", { class: "wh-small" }, view.small) : null,
      view.busy ? h("div", { class: "wh-spinner", "aria-hidden": "true" }) : null,
      h("div", { class: "wh-choices" }, this.buttons));
  }
  choose(choice) {
    if (choice.id === "sign_in") window.location.assign("signin");
    else post({ type: "choose", choice: choice.id });
    return true;
  }
  focus() { if (document.activeElement instanceof HTMLElement && !desk.root.contains(document.activeElement)) document.activeElement.blur(); }
  enter() {
    const choice = this.choices.find((one) => one.key === "Enter");
    return choice ? this.choose(choice) : false;
  }
  digit(name) {
    const choice = this.choices.find((one) => one.key === name);
    if (choice) return this.choose(choice);
    return name === "1" ? this.enter() : false;
  }
  letter(name) { const choice = this.choices.find((one) => one.key?.toLowerCase() === name); return choice ? this.choose(choice) : false; }
  back() { return false; }
  page() { return false; }
  confirm() { return false; }
  special() { return false; }
  move() { return false; }
  askForVisits() { return false; }
  snapshot() { return null; }
  restore() {}
}

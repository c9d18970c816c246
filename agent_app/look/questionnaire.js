// Draws one node of a questionnaire (or a panel with choices) and hears its keys. It decides nothing: what was typed
// goes to the server as one event, tagged with the turn that it was made on; until the next turn arrives, keys wait.

const MODIFIERS = new Set(["Shift", "Control", "Alt", "Meta", "CapsLock", "Process", "Dead"]);
const SPECIAL_KEYS = { dk: "F2", refused: "F3", na: "F4" };
const ENTRY_TYPES = new Set(["text", "integer", "decimal", "date", "time", "datetime", "phone", "email"]);
const NUMERIC = new Set(["integer", "decimal"]);
/** Events that leave the question as it is; undefined: the page itself was drawn anew. */
const KEEPING = new Set([undefined, "language", "dial", "visits"]);
const RESEND_AFTER_MS = 6000;
const LOOK_EVERY_MS = 1500;
const LOOK_ENDS_MS = 3000;
const RELOAD_TAKES_MS = 15000;
const SUSPICIOUS_MS = 3000;
const UNSENT = "waihu-unsent";

/** One desk per page; Streamlit may mount the element anew, the keys that wait must outlive that. */
const desk = (window.waihuDesk ??= {
  data: null, root: null, send: null, sent: null, typed: [], form: null, listening: false, dialledSerial: 0,
});

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  desk.root = parentElement.querySelector(".wh-desk");
  desk.send = (event) => setTriggerValue("event", event);
  if (!desk.listening) {
    document.addEventListener("keydown", onKey, true);
    desk.listening = true;
    desk.page = window.location.pathname;
    setInterval(look, LOOK_EVERY_MS);
  }
  const same = desk.data && JSON.stringify(desk.data) === JSON.stringify(data) && desk.root.childElementCount > 0;
  if (same) return;
  // The same question drawn anew (another language, a number dialled): what was typed and not sent yet stays.
  const again = desk.data && placeOf(data) && placeOf(desk.data) === placeOf(data) && KEEPING.has(desk.sent?.type);
  const kept = again ? desk.form.snapshot() : desk.data ? null : unsent(data);
  desk.data = data;
  desk.sent = null;
  draw(kept);
  replay();
  return () => {
    if (desk.root && !desk.root.isConnected) desk.root = null;
  };
}

function placeOf(data) {
  return data.view.type === "ask" ? `${data.interview} ${data.view.screen.place}` : null;
}

function t(key, values = {}) {
  let text = desk.data.texts[key] ?? key;
  for (const [name, value] of Object.entries(values)) text = text.replaceAll(`{${name}}`, String(value));
  return text;
}

/** A DOM element; children are nodes or text, so that nothing from a script is ever read as HTML. */
function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

const key = (label) => h("kbd", {}, label);

// ---------------------------------------------------------------- sending

function post(event) {
  if (desk.sent) return;
  desk.sent = { ...event, turn: desk.data.turn };
  desk.sentAt = performance.now();
  desk.root.setAttribute("aria-busy", "true");
  const mine = desk.sent;
  desk.send(mine);
  // The server applies an event once, by its turn: sending it again after a lost connection is harmless.
  if (event.type === "dial") return;  // nobody wants to ring twice
  setTimeout(() => { if (desk.sent === mine) desk.send({ ...mine, again: Date.now() }); }, RESEND_AFTER_MS);
}

// ---------------------------------------------------------------- the way to our own process

/** The process behind the page may be replaced at any time; the interview is not in it. Find it again by ourselves. */
async function look() {
  // Elsewhere a missing desk is no loss; but once it is lost, the new process may already have changed the address.
  if (desk.looking || (!desk.lost && window.location.pathname !== desk.page)) return;
  const gone = !document.querySelector(".wh-desk");
  desk.goneFor = gone ? (desk.goneFor ?? 0) + 1 : 0;
  const slow = desk.sent && performance.now() - desk.sentAt > SUSPICIOUS_MS;
  if (!slow && desk.goneFor < 2 && !desk.lost) return;
  desk.looking = true;
  // A dying process may take a connection and never answer: without an end, one such look would be the last.
  const end = AbortSignal.timeout(LOOK_ENDS_MS);
  const answers = await fetch("healthz", { cache: "no-store", signal: end }).then((reply) => reply.ok, () => false);
  desk.looking = false;
  if (answers && (desk.lost || desk.goneFor >= 2)) comeBack();
  else if (!answers && !desk.lost) sayLost();
}

function sayLost() {
  desk.lost = true;
  document.body.append(h("div", { class: "wh-lost", role: "alert" }, h("span", { class: "wh-spinner", "aria-hidden": "true" }), t("lost")));
}

/** Load the page anew, at the same question; what was chosen but had not arrived is put back. */
function comeBack() {
  // A second reload would cancel the first, for ever where the new process is slow to begin.
  desk.looking = true;
  setTimeout(() => { desk.looking = false; }, RELOAD_TAKES_MS);
  try {
    const place = placeOf(desk.data);
    if (place && desk.form) sessionStorage.setItem(UNSENT, JSON.stringify({ place, kept: desk.form.snapshot() }));
  } finally {
    window.location.reload();  // whatever cannot be kept must not keep the agent from the question
  }
}

function unsent(data) {
  const text = sessionStorage.getItem(UNSENT);
  sessionStorage.removeItem(UNSENT);
  const left = text ? JSON.parse(text) : null;
  return left && left.place === placeOf(data) ? left.kept : null;
}

// ---------------------------------------------------------------- keys

function onKey(event) {
  const root = desk.root;
  if (!root || !root.isConnected || root.offsetParent === null) return;
  if (event.isComposing || event.keyCode === 229 || MODIFIERS.has(event.key) || event.ctrlKey || event.metaKey) return;
  const target = event.target;
  const foreign = target instanceof Element && target !== document.body && !root.contains(target);
  if (foreign && (isEntry(target) || target.closest("[role=dialog], [data-baseweb=popover], [role=listbox]"))) return;
  if (foreign && (event.key === "Enter" || event.key === " ") && target.closest("a, button, summary")) return;
  if (event.key === "Tab") return;
  if (desk.sent) {
    // Typed ahead of the next question: keep it, in order.
    desk.typed.push({ key: event.key, altKey: event.altKey, shiftKey: event.shiftKey });
    stop(event);
    return;
  }
  if (press(event, root.contains(target) ? target : null)) stop(event);
}

function stop(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

function isEntry(element) {
  return element instanceof Element && element.matches("input, textarea, select, [contenteditable=true]");
}

/** Whether the key meant something here. */
function press(event, target) {
  const name = event.key;
  if (desk.form.jumping) return desk.form.pressInJumpList(event);
  if (name === "F8" && desk.data.can_dial) {
    post({ type: "dial" });
    return true;
  }
  if (name === "F7") {
    post({ type: "language", language: desk.data.language === "zh" ? "en" : "zh" });
    return true;
  }
  if (name === "Enter" && event.shiftKey) return desk.form.back();
  if (name === "PageUp") return desk.form.back();
  if (name === "F6") return desk.form.openJumpList();
  if (name === "F9") return desk.form.confirm();
  if (/^F[234]$/.test(name)) return desk.form.special(name);
  if (name === "Enter") {
    if (target && target.matches("button:not([data-option])")) return false;
    return desk.form.enter();
  }
  if (name === "ArrowDown" || name === "ArrowUp") return desk.form.move(name === "ArrowDown" ? 1 : -1);
  const typing = isEntry(target) && !event.altKey;
  const numeric = typing && target.dataset.numeric === "yes";
  if (/^[0-9]$/.test(name) && !typing) return desk.form.digit(name);
  if (/^[a-zA-Z]$/.test(name) && (!typing || numeric)) return desk.form.letter(name.toLowerCase());
  if ((name === "Backspace" || name === "ArrowLeft") && !typing) return desk.form.back();
  return false;
}

function replay() {
  const waiting = desk.typed.splice(0);
  while (waiting.length) {
    if (desk.sent) {
      desk.typed.push(...waiting);
      return;
    }
    const stroke = waiting.shift();
    const active = desk.root.contains(document.activeElement) ? document.activeElement : null;
    const event = { ...stroke };
    if (!press(event, active) && isEntry(active) && stroke.key.length === 1 && !stroke.altKey) {
      active.setRangeText(stroke.key, active.selectionStart ?? 0, active.selectionEnd ?? 0, "end");
      active.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
}

// ---------------------------------------------------------------- drawing

function draw(kept) {
  const view = desk.data.view;
  const form = view.type === "ask" ? new NodeForm(view.screen) : new Panel(view);
  desk.form = form;
  desk.root.lang = desk.data.language;
  desk.root.removeAttribute("aria-busy");
  const notice = desk.data.notice ? h("p", { class: "wh-notice", role: "status" }, desk.data.notice) : null;
  const main = h("div", { class: "wh-main" }, notice, form.element);
  const known = desk.data.case;
  desk.root.replaceChildren(known ? h("div", { class: "wh-grid" }, casePanel(known), main) : main);
  dialOnce(desk.data.dial);
  desk.root.dataset.place = view.type === "ask" ? view.screen.place : view.type;
  desk.root.dataset.turn = desk.data.turn;
  desk.root.dataset.interview = desk.data.interview;
  if (kept) form.restore(kept);
  form.focus();
  if (desk.data.visits.length) form.showJumpList?.(desk.data.visits);
  desk.root.dataset.painted = String(performance.timeOrigin + performance.now());
}

/** Who is called: name, masked number, earlier calls. */
function casePanel(known) {
  const dial = desk.data.can_dial
    ? h("button", { type: "button", class: "wh-button wh-dial", "data-dial": "", onclick: () => post({ type: "dial" }) }, key("F8"), h("span", {}, t("dial")))
    : null;
  const history = known.history.length
    ? h("ol", {}, known.history.map((call) => h("li", {}, h("time", {}, call.at), h("span", {}, call.what))))
    : h("p", { class: "wh-soft-text" }, known.no_history);
  const details = known.details.length
    ? [h("h3", {}, known.details_title), h("dl", {}, known.details.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]))]
    : [];
  return h("aside", { class: "wh-case", "aria-label": known.title },
    known.campaign ? h("p", { class: "wh-campaign" }, known.campaign) : null,
    h("h3", {}, known.title), h("p", { class: "wh-name" }, known.name), h("p", { class: "wh-phone" }, known.phone),
    known.attempt ? h("p", { class: "wh-soft-text" }, known.attempt) : null, dial,
    desk.data.dial ? h("p", { class: "wh-dialled", role: "status" }, desk.data.dial.text) : null,
    ...details, h("h3", {}, known.history_title), history);
}

/** Hands a number to the machine's dialler, once; it is never shown. */
function dialOnce(dial) {
  if (!dial || !dial.href || desk.dialledSerial === dial.serial) return;
  desk.dialledSerial = dial.serial;
  const link = h("a", { href: dial.href, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
}

/** Waiting, failing, ending, an empty queue: a text and what can be done about it. */
class Panel {
  constructor(view) {
    this.choices = view.choices ?? [];
    this.jumping = false;
    this.buttons = this.choices.map((choice) =>
      h("button", { type: "button", class: choice.key === "Enter" ? "wh-button wh-primary" : "wh-button", "data-choice": choice.id,
        onclick: () => this.choose(choice) }, choice.key ? key(choice.key) : null, h("span", {}, choice.label)));
    this.element = h("section", { class: `wh-panel wh-${view.tone ?? "plain"}`, role: "status", "aria-live": "polite" },
      h("h2", {}, view.title),
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
  digit(name) { const choice = this.choices[Number(name) - 1]; return choice ? this.choose(choice) : false; }
  letter(name) { const choice = this.choices.find((one) => one.key?.toLowerCase() === name); return choice ? this.choose(choice) : false; }
  back() { return false; }
  confirm() { return false; }
  special() { return false; }
  move() { return false; }
  openJumpList() { return false; }
  snapshot() { return null; }
  restore() {}
}

/** One node: its texts, its fields, the ways out of it. */
class NodeForm {
  constructor(screen) {
    this.screen = screen;
    this.jumping = false;
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
        key(this.hasTyping() ? `Alt+${exit.key.toUpperCase()}` : exit.key.toUpperCase()), h("span", {}, exit.label)));
    return h("footer", { class: "wh-node-foot" }, this.softOnly ? this.softPanel() : null,
      h("div", { class: "wh-way" },
        h("button", { type: "button", class: "wh-button", disabled: !this.screen.can_go_back, "data-back": "", onclick: () => this.back() },
          key("Shift+Enter"), h("span", {}, t("back"))),
        this.canJump()
          ? h("button", { type: "button", class: "wh-button", "data-jump": "", onclick: () => this.openJumpList() }, key("F6"), h("span", {}, t("jump")))
          : null,
        h("button", { type: "button", class: "wh-button wh-primary wh-next", "data-next": "", onclick: () => this.submit() },
          key("Enter"), h("span", {}, t("next")))),
      exits.length ? h("div", { class: "wh-exits", role: "group", "aria-label": t("exits") }, exits) : null);
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
  focus() { this.turnTo(this.current); }
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
  openJumpList() {
    if (!this.canJump()) return false;
    post({ type: "visits" });
    return true;
  }
  showJumpList(visits) {
    this.jumping = true;
    this.visits = visits;
    const here = visits.findIndex((visit) => visit.place === this.screen.place);
    this.pick = Math.max(here >= 0 ? here - 1 : visits.length - 1, 0);
    this.jumpButtons = visits.map((visit) =>
      h("button", { type: "button", class: "wh-jump", "data-place": visit.place, onclick: () => this.jump(visit) }, visit.title));
    this.dialog = h("div", { class: "wh-dialog", role: "dialog", "aria-modal": "true", "aria-label": t("jump") },
      h("div", { class: "wh-dialog-body" }, h("h3", {}, t("jump")), h("div", { class: "wh-jumps" }, this.jumpButtons),
        h("button", { type: "button", class: "wh-button", onclick: () => this.closeJumpList() }, key("Esc"), h("span", {}, t("close")))));
    this.element.append(this.dialog);
    this.jumpButtons[this.pick].focus();
  }
  pressInJumpList(event) {
    if (event.key === "Escape" || event.key === "F6") this.closeJumpList();
    else if (event.key === "Enter") this.jump(this.visits[this.pick]);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const count = this.visits.length;
      this.pick = (this.pick + (event.key === "ArrowDown" ? 1 : count - 1)) % count;
      this.jumpButtons[this.pick].focus();
    }
    return true;
  }
  closeJumpList() { this.jumping = false; this.dialog.remove(); this.focus(); }
  jump(visit) { this.jumping = false; post({ type: "jump", place: visit.place }); return true; }

  // --- kept when the page is drawn again in mid-question (another language, a banner)
  snapshot() { return { current: this.current, controls: this.controls.map((control) => control.snapshot()) }; }
  restore(kept) {
    if (!kept || kept.controls.length !== this.controls.length) return;
    this.controls.forEach((control, index) => control.restore(kept.controls[index]));
    this.current = kept.current;
  }
}

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
    const columns = !inMatrix && (this.options.length > 6) && this.options.every((option) => option.label.length <= 24) ? " wh-two-columns" : "";
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

function shown(value) {
  if (value === null || value === undefined) return "";
  return String(value).replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(:00)?$/, "$1 $2");
}

/** What a hurried hand types for a date or a time, as ISO 8601; anything else goes as it is, for the engine to judge. */
function normalise(text, type) {
  if (NUMERIC.has(type)) return text.normalize("NFKC").replace(/[,\s]/g, "");
  if (!["date", "time", "datetime"].includes(type)) return text;
  const plain = text.normalize("NFKC").trim();
  const date = /^(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?/.exec(plain);
  const clock = /(?:^|[\sT])(\d{1,2})[:.时点]?(\d{2})分?$/.exec(type === "time" ? plain : plain.slice(date ? date[0].length : 0));
  const two = (part) => part.padStart(2, "0");
  const day = date ? `${date[1]}-${two(date[2])}-${two(date[3])}` : null;
  const hour = clock ? `${two(clock[1])}:${clock[2]}` : null;
  if (type === "date" && day && date[0].length === plain.length) return day;
  if (type === "time" && hour) return hour;
  if (type === "datetime" && day && hour) return `${day}T${hour}`;
  return plain;
}

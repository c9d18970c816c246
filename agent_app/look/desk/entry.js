// Draws one node of a questionnaire (or a panel with choices) and hears its keys. It decides nothing: what was typed
// goes to the server as one event, tagged with the turn that it was made on; until the next turn arrives, keys wait.

const SPECIAL_KEYS = { dk: "F2", refused: "F3", na: "F4" };
const ENTRY_TYPES = new Set(["text", "integer", "decimal", "date", "time", "datetime", "phone", "email"]);
const NUMERIC = new Set(["integer", "decimal"]);
/** Events that move the interview on: the next drawing has another turn. */
const MOVING = new Set(["answer", "back", "jump", "exit"]);
const RESEND_AFTER_MS = 6000;

/** One desk per page; Streamlit may mount the element anew, the keys that wait must outlive that. */
const desk = (window.waihuDesk ??= {
  data: null, root: null, send: null, sent: null, typed: [], form: null, dialog: null, listening: false, dialledSerial: 0,
});

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  desk.root = parentElement.querySelector(".wh-desk");
  desk.send = (event) => setTriggerValue("event", event);
  if (!desk.listening) {
    document.addEventListener("keydown", onKey, true);
    window.addEventListener("pagehide", stash);
    setInterval(look, LOOK_EVERY_MS);
    setInterval(tick, 1000);
    desk.listening = true;
  }
  // A rehearsal is one view of its page among others: that it is gone there is no sign of a lost process.
  desk.page = data.rehearsal ? null : desk.page ?? window.location.pathname;
  found();
  desk.stripAt = performance.now();
  if (alike(desk.data, data) && desk.root.childElementCount > 0) {
    desk.data = data;
    drawStrip();
    return undefined;
  }
  const left = desk.data ? inHand(data) : unstash(data);
  const dialog = left.kept && !desk.sent ? desk.dialog : null;
  desk.data = data;
  desk.sent = null;
  desk.typed = left.typed;
  draw(left.kept);
  dialog?.open();
  if (left.event) postAgain(left.event);
  else replay();
  return () => {
    if (desk.root && !desk.root.isConnected) desk.root = null;
  };
}

/** Whether two drawings differ in the line above the desk at most, which does not touch the question. */
function alike(before, after) {
  return before !== null && JSON.stringify({ ...before, strip: null }) === JSON.stringify({ ...after, strip: null });
}

function placeOf(data) {
  return data.view.type === "ask" ? `${data.interview} ${data.view.screen.place}` : null;
}

/** What of this page's work outlives a new drawing: what was typed into the same question, an event not yet applied. */
function inHand(data) {
  const same = placeOf(data) !== null && placeOf(data) === placeOf(desk.data);
  const moving = desk.sent && MOVING.has(desk.sent.type);
  const unapplied = same && moving && desk.sent.turn === data.turn && !desk.sent.again;
  const kept = same && (!moving || data.turn === desk.data.turn) ? desk.form.snapshot() : null;
  return { kept, event: unapplied ? desk.sent : null, typed: desk.typed };
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

/** A button that stands for a key. */
function keyButton(keys, label, attributes) {
  return h("button", { type: "button", class: "wh-button", ...attributes }, keys ? key(keys) : null, h("span", {}, label));
}

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

/** An event of before that the server has not applied: its question stands as it stood. */
function postAgain(event) {
  desk.sent = { ...event, again: Date.now() };
  desk.sentAt = performance.now();
  desk.root.setAttribute("aria-busy", "true");
  desk.send(desk.sent);
}

// ---------------------------------------------------------------- drawing

function draw(kept) {
  const view = desk.data.view;
  const form = view.type === "ask" ? new NodeForm(view.screen) : new Panel(view);
  desk.form = form;
  desk.dialog = null;
  desk.root.lang = desk.data.language;
  desk.root.removeAttribute("aria-busy");
  const notice = desk.data.notice ? h("p", { class: "wh-notice", role: "status" }, desk.data.notice) : null;
  const head = form.element.querySelector(".wh-node-head");
  if (head && notice) head.after(notice);
  const main = h("div", { class: "wh-main" }, head ? null : notice, form.element);
  place(main);
  drawStrip();
  dialOnce(desk.data.dial);
  desk.root.dataset.place = view.type === "ask" ? view.screen.place : view.type;
  desk.root.dataset.turn = desk.data.turn;
  desk.root.dataset.interview = desk.data.interview;
  if (kept) form.restore(kept);
  form.focus();
  if (desk.data.visits.length && view.type === "ask") openJumpList(desk.data.visits, view.screen.place);
  desk.root.dataset.painted = String(performance.timeOrigin + performance.now());
}

/** Puts the question on the page. What stands around it is the same from one question to the next, and is left alone. */
function place(main) {
  const { case: known, can_dial, dial, tools, language } = desk.data;
  const around = JSON.stringify([known, can_dial, dial, tools, language]);
  if (desk.around === around && desk.main?.isConnected && desk.root.contains(desk.main)) {
    for (const over of desk.root.querySelectorAll(":scope > .wh-dialog")) over.remove();
    desk.main.replaceWith(main);
  } else {
    desk.strip = h("div", { class: "wh-strip-place" });
    desk.stripDrawn = null;
    desk.root.replaceChildren(desk.strip, known ? h("div", { class: "wh-grid" }, casePanel(known), main) : main);
  }
  Object.assign(desk, { around, main });
}

// ---------------------------------------------------------------- the way to our own process

const LOOK_EVERY_MS = 1500;
const LOOK_ENDS_MS = 3000;
const RELOAD_TAKES_MS = 20000;
const SUSPICIOUS_MS = 3000;
const PATIENT_LOOKS = 12;
const UNSENT = "waihu-unsent";

/** The process behind the page may be replaced at any time; the interview is not in it. Find it again by ourselves. */
async function look() {
  // Elsewhere a missing desk is no loss; but once it is lost, the new process may already have changed the address.
  if (desk.looking || (!desk.lost && window.location.pathname !== desk.page)) return;
  const gone = !document.querySelector(".wh-desk");
  desk.goneFor = gone ? (desk.goneFor ?? 0) + 1 : 0;
  const slow = desk.sent && performance.now() - desk.sentAt > SUSPICIOUS_MS;
  if (!slow && desk.goneFor < 2 && !desk.lost) return;
  // Streamlit has reconnected by itself and is about to draw: a reload now would cut off the very run that draws.
  if (desk.lost && gone && desk.goneFor < PATIENT_LOOKS) return;
  desk.looking = true;
  const answers = await reaches("healthz");
  const serves = answers && (desk.lost || desk.goneFor >= 2) && await reaches("./");
  desk.looking = false;
  if (serves) comeBack();
  else if (!answers) sayLost();
}

/** Whether the process answers: a dying one may take a connection and never do so, and such a look must end, too. */
async function reaches(path) {
  const end = AbortSignal.timeout(LOOK_ENDS_MS);
  return fetch(path, { cache: "no-store", headers: { accept: "text/html" }, signal: end }).then((reply) => reply.ok, () => false);
}

function sayLost() {
  if (desk.lost) return;
  desk.lost = h("div", { class: "wh-lost", role: "alert" }, h("span", { class: "wh-spinner", "aria-hidden": "true" }), t("lost"));
  document.body.append(desk.lost);
}

/** Something was drawn: whatever was lost is there again. */
function found() {
  desk.lost?.remove();
  desk.lost = null;
  desk.goneFor = 0;
}

/** Load the page anew, at the same question, from where the app begins: Streamlit may have reconnected first and put
 * the page's name into the address, and a page that is loaded from there begins by asking in the wrong place. */
function comeBack() {
  // A second reload would cancel the first, for ever where the new process is slow to begin.
  desk.looking = true;
  setTimeout(() => { desk.looking = false; }, RELOAD_TAKES_MS);
  const start = new URL("./", window.location.href);
  if (start.pathname === window.location.pathname) window.location.reload();
  else window.location.replace(start);
}

/** The page goes away: what was typed, what was sent and not applied, what was typed ahead stay with the tab. */
function stash() {
  try {
    const place = desk.data && placeOf(desk.data);
    if (!place || !desk.form) return;
    const event = desk.sent && MOVING.has(desk.sent.type) ? desk.sent : null;
    const kept = desk.form.snapshot();
    sessionStorage.setItem(UNSENT, JSON.stringify({ place, turn: desk.data.turn, kept, event, typed: desk.typed }));
  } catch {
    // Whatever cannot be kept must not keep the agent from the question.
  }
}

/** What the page before this one left behind, where it is of this interview and nothing has changed it since. */
function unstash(data) {
  const none = { kept: null, event: null, typed: [] };
  const text = sessionStorage.getItem(UNSENT);
  sessionStorage.removeItem(UNSENT);
  const left = text ? JSON.parse(text) : null;
  if (!left || !placeOf(data) || left.place.split(" ")[0] !== data.interview) return none;
  if (left.turn === data.turn && left.place === placeOf(data)) return { kept: left.kept, event: left.event, typed: left.typed };
  // The event had arrived: what was typed after it was meant for the question that is there now.
  return left.event && data.turn === left.turn + 1 ? { ...none, typed: left.typed } : none;
}

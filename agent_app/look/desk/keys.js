// ---------------------------------------------------------------- keys

const MODIFIERS = new Set(["Shift", "Control", "Alt", "Meta", "CapsLock", "Process", "Dead"]);
const TOOLS = { F2: "note", F3: "report", F4: "park" };

function onKey(event) {
  const root = desk.root;
  if (!root || !root.isConnected || root.offsetParent === null) return;
  if (event.isComposing || event.keyCode === 229 || MODIFIERS.has(event.key) || event.ctrlKey || event.metaKey) return;
  const target = event.target;
  const foreign = target instanceof Element && target !== document.body && !root.contains(target);
  if (foreign && (isEntry(target) || target.closest("[role=dialog], [data-baseweb=popover], [role=listbox]"))) return;
  if (foreign && (event.key === "Enter" || event.key === " ") && target.closest("a, button, summary")) return;
  if (event.key === "Tab") {
    if (desk.dialog) desk.dialog.keepFocus(event);
    return;
  }
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
  if (desk.dialog) return desk.dialog.press(event, target);
  return pressFunction(event) || pressInForm(event, target);
}

/** Keys that mean the same wherever the agent is. */
function pressFunction(event) {
  const name = event.key;
  if (name === "F1") return openHelp();
  if (name === "F8" && desk.data.can_dial) post({ type: "dial" });
  else if (name === "F7") post({ type: "language", language: desk.data.language === "zh" ? "en" : "zh" });
  else if (name === "F10") return openStates();
  else if (event.shiftKey && TOOLS[name]) return openTool(TOOLS[name]);
  else return false;
  return true;
}

function pressInForm(event, target) {
  const name = event.key;
  const form = desk.form;
  if ((name === "Enter" && event.shiftKey) || name === "PageUp") return form.back();
  if (name === "PageDown") return form.page();
  if (name === "F6") return form.askForVisits();
  if (name === "F9") return form.confirm();
  if (/^F[234]$/.test(name)) return form.special(name);
  if (name === "Enter") {
    if (target && target.matches("button:not([data-option])")) return false;
    return form.enter();
  }
  if (name === "ArrowDown" || name === "ArrowUp") return form.move(name === "ArrowDown" ? 1 : -1);
  const typing = isEntry(target) && !event.altKey;
  const numeric = typing && target.dataset.numeric === "yes";
  if ((name === "?" || name === "？") && (!typing || numeric)) return openHelp();
  if (/^[0-9]$/.test(name) && !typing) return form.digit(name);
  if (/^[a-zA-Z]$/.test(name) && (!typing || numeric)) return form.letter(name.toLowerCase());
  if ((name === "Backspace" || name === "ArrowLeft") && !typing) return form.back();
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

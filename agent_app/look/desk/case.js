/** Who is called: name, masked number, earlier calls. */
function casePanel(known) {
  const dial = desk.data.can_dial
    ? h("button", { type: "button", class: "wh-button wh-dial", "data-dial": "", onclick: () => post({ type: "dial" }) }, key("F8"), h("span", {}, t("dial")))
    : null;
  const history = known.history.length
    ? h("ol", {}, known.history.map((call) => h("li", {}, h("time", {}, call.at), h("span", {}, call.what), call.note ? h("q", {}, call.note) : null)))
    : h("p", { class: "wh-soft-text" }, known.no_history);
  const details = known.details.length
    ? [h("h3", {}, known.details_title), h("dl", {}, known.details.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]))]
    : [];
  return h("aside", { class: "wh-case", "aria-label": known.title },
    known.campaign ? h("p", { class: "wh-campaign" }, known.campaign) : null,
    h("h3", {}, known.title), h("p", { class: "wh-name" }, known.name), h("p", { class: "wh-phone" }, known.phone),
    known.attempt ? h("p", { class: "wh-soft-text" }, known.attempt) : null, dial,
    desk.data.dial ? h("p", { class: "wh-dialled", role: "status" }, desk.data.dial.text) : null,
    ...details, h("h3", {}, known.history_title), history, toolButtons());
}

/** What an agent can tell beside the questionnaire. */
function toolButtons() {
  const tools = Object.entries(TOOLS).filter(([, tool]) => desk.data.tools[tool]);
  return tools.length ? h("div", { class: "wh-tools", role: "group", "aria-label": t("tools") }, tools.map(([name, tool]) =>
    keyButton(`⇧${name}`, t(`${tool}_short`), { class: "wh-button wh-tool", "data-tool": tool, title: t(`${tool}_title`), onclick: () => openTool(tool) }))) : null;
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

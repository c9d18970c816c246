// ---------------------------------------------------------------- the line above the desk

/** The agent's state and since when, figures of today, the next appointment. Durations come from the app's process. */
function drawStrip() {
  const strip = desk.data.strip;
  if (!desk.strip) return;
  const drawn = JSON.stringify([strip && { ...strip, seconds: 0 }, desk.data.language]);
  if (desk.stripDrawn === drawn) return tick();
  desk.stripDrawn = drawn;
  if (!strip) return desk.strip.replaceChildren();
  const clock = h("span", { class: "wh-clock", "data-clock": "" });
  desk.strip.replaceChildren(h("section", { class: "wh-strip", "aria-label": t("today") },
    h("button", { type: "button", class: `wh-state wh-kind-${strip.kind}`, "data-state": strip.code, onclick: () => openStates() },
      h("span", { class: "wh-lamp", "aria-hidden": "true" }), h("strong", {}, strip.state), clock, key("F10")),
    strip.after ? h("span", { class: "wh-after" }, strip.after) : null,
    strip.figures.length ? h("dl", { class: "wh-today" }, strip.figures.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)))) : null,
    strip.appointment ? h("span", { class: "wh-appointment" }, strip.appointment) : null,
    h("button", { type: "button", class: "wh-help-button", "data-help": "", onclick: () => openHelp() }, key("?"), h("span", {}, t("help")))));
  return tick();
}

function tick() {
  const strip = desk.data?.strip;
  if (!strip) return;
  const seconds = strip.seconds + Math.floor((performance.now() - desk.stripAt) / 1000);
  const over = strip.most_seconds !== null && seconds > strip.most_seconds;
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const words = `${hours ? `${hours}:` : ""}${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  for (const clock of document.querySelectorAll("[data-clock]")) {
    clock.textContent = over ? `${words} ${t("over")}` : words;
    clock.classList.toggle("wh-over", over);
  }
}

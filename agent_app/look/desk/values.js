function shown(value) {
  if (value === null || value === undefined) return "";
  return String(value).replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(:00(\.0+)?)?([+-]\d\d:\d\d)?$/, "$1 $2");
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

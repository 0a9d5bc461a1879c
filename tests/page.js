// Finds what assistive technology finds: elements by role and accessible name, visible ones only.
const [role, name, within] = arguments;
const implicit = {
  button: "button,summary",
  link: "a[href]",
  heading: "h1,h2,h3,h4",
  textbox: 'input:not([type]),input[type="text"],input[type="email"],textarea,[contenteditable="true"]',
  searchbox: 'input[type="search"]',
  combobox: "select",
  article: "article",
  main: "main",
  navigation: "nav",
  list: "ul,ol",
  listitem: "li",
  region: "section[aria-label]",
  complementary: "aside",
  search: "search",
  checkbox: 'input[type="checkbox"]',
  dialog: "dialog",
  alert: '[role="alert"]',
};
const text = (e) => (e?.textContent ?? "").replace(/\s+/g, " ").trim();
const nameOf = (e) => {
  const by = e.getAttribute("aria-labelledby");
  if (by) return by.split(/\s+/).map((id) => text(document.getElementById(id))).join(" ");
  const own = e.getAttribute("aria-label");
  if (own) return own;
  if (e.labels?.length) return [...e.labels].map(text).join(" ");
  return text(e) || e.getAttribute("title") || e.getAttribute("placeholder") || e.getAttribute("alt") || "";
};
// WebKit's own check does not look at the property.
const visible = (e) => e.checkVisibility() && getComputedStyle(e).visibility !== "hidden";
const selector = role ? [`[role="${role}"]`, implicit[role]].filter(Boolean).join(",") : "*";
const root = within ?? document;
const has = (e) => nameOf(e).toLowerCase().includes(name.toLowerCase());
let found = [...root.querySelectorAll(selector)].filter((e) => visible(e) && has(e));
if (!role) {
  // By text alone: the innermost elements that hold it.
  found = found.filter((e) => ![...e.children].some((c) => visible(c) && has(c)));
} else {
  found = found.filter((e) => !e.hasAttribute("role") || e.getAttribute("role") === role);
}
return found;

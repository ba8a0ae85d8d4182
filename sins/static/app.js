// Small help for pages that work without it: theme, keys, popover, clear, toasts. No inline anything.
"use strict";
(() => {
  const root = document.documentElement;
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const one = (selector, from = document) => from.querySelector(selector);
  const isTyping = (element) => element.matches("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  root.classList.add("js");

  // Theme: a cookie, so that the server renders the next page in it and nothing flashes.
  const isDark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  function showTheme() {
    all("[data-theme-switch] use").forEach((use) => {
      const [file] = use.getAttribute("href").split("#");
      use.setAttribute("href", `${file}#${isDark() ? "sun" : "moon"}`);
    });
  }
  function switchTheme() {
    root.dataset.theme = isDark() ? "light" : "dark";
    document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
    showTheme();
  }

  // Results: arrows move through them, Enter in the box opens the chosen one.
  const searchBox = () => one("[data-big-search]");
  const links = () => all("#results .who-name[href]");
  function choose(link) {
    all("#results .is-chosen").forEach((row) => row.classList.remove("is-chosen"));
    link?.closest("tr").classList.add("is-chosen");
  }
  function move(step) {
    const found = links();
    if (!found.length) return false;
    const at = found.indexOf(document.activeElement);
    if (at < 0 && document.activeElement !== searchBox()) return false;
    const next = at + step;
    (next < 0 ? searchBox() : found[Math.min(next, found.length - 1)]).focus();
    return true;
  }
  function openChosen(event) {
    const shown = one("#results [data-query]");
    const link = one("#results .is-chosen .who-name[href]");
    if (!link || !shown || shown.dataset.query !== event.target.value.trim()) return;
    event.preventDefault();
    link.click();
  }
  function showClear() {
    const clear = one("[data-clear]");
    if (clear) clear.hidden = !searchBox().value;
  }
  function clearSearch() {
    const box = searchBox();
    box.value = "";
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  }

  // The way back to the last search: kept in this tab, so that no address of another page holds it.
  const lastSearch = () => sessionStorage.getItem("search") ?? "";
  function keepSearch() {
    if (one("#results [data-query]")) sessionStorage.setItem("search", location.search);
  }
  // Who was not found and is created now is no answer of that search.
  function forgetSearch(event) {
    if (event.target.matches("[data-forget-search]")) sessionStorage.removeItem("search");
  }
  function showLastSearch(link) {
    const words = new URLSearchParams(lastSearch()).get("q");
    if (!words) return;
    link.search = lastSearch();
    link.textContent = `Search “${words}”`;
  }

  // Whoever comes back to a form sends it with the id it was made with: once, not a second time.
  function keepId(input) {
    const kept = history.state?.formId;
    if (kept) input.value = kept;
    else history.replaceState({ ...history.state, formId: input.value }, "");
  }

  // Keys: an element says which key means it (data-key); people can switch single letters off.
  const areKeysOn = () => localStorage.getItem("keys") !== "off";
  function pressKey(event) {
    if (event.key === "?") return one("#keys").showModal();
    const target = all("[data-key]").find((element) => element.dataset.key === event.key && element.checkVisibility());
    if (!target) return undefined;
    event.preventDefault();
    return target.matches("input") ? (target.focus(), target.select()) : target.click();
  }
  // Merging: 1 and 2 choose left and right, for the field that has the focus or else who stays.
  function chooseSide(side) {
    const row = document.activeElement?.closest(".merge tbody tr");
    const radio = (row && one(`[data-side="${side}"]`, row)) ?? one(`.merge thead [data-side="${side}"]`);
    radio?.focus();
    radio?.click();
    return Boolean(radio);
  }
  // Entries: j and k move from row to row, Enter opens; on other pages j is whatever says so.
  function stepRow(by) {
    const found = all("[data-step]");
    if (!found.length) return false;
    const at = found.indexOf(document.activeElement?.closest("tr")?.querySelector("[data-step]"));
    found[Math.max(0, Math.min(at + by, found.length - 1))].focus();
    return true;
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return event.target.closest("[data-ctrl-enter]")?.requestSubmit();
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const box = searchBox();
    if (event.key === "Escape" && event.target === box && box.value) return clearSearch();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (move(event.key === "ArrowDown" ? 1 : -1)) event.preventDefault();
      return;
    }
    if (event.key === "Enter" && event.target === box) return openChosen(event);
    if (isTyping(event.target) || one("dialog[open]") || !areKeysOn()) return;
    if ((event.key === "1" || event.key === "2") && chooseSide(event.key)) return undefined;
    if ((event.key === "j" || event.key === "k") && stepRow(event.key === "j" ? 1 : -1)) return undefined;
    pressKey(event);
  });

  // Provenance: the link's page, shown beside the value; on a phone as a sheet (app.css).
  let opener = null;
  async function showProvenance(link) {
    const pop = one("#pop");
    opener = link;
    try {
      const answer = await fetch(link.href, { headers: { "HX-Request": "true" } });
      if (!answer.ok) throw new Error(answer.status);
      pop.innerHTML = await answer.text();
    } catch {
      location.assign(link.href);
      return;
    }
    window.htmx?.process(pop);
    pop.showPopover();
    place(pop, link);
    link.setAttribute("aria-expanded", "true");
    (one(".actions .btn", pop) ?? one(".close", pop)).focus();
  }
  function place(pop, link) {
    const box = link.getBoundingClientRect();
    const below = box.bottom + 8 + pop.offsetHeight < innerHeight;
    pop.style.top = `${Math.max(8, below ? box.bottom + 8 : box.top - 8 - pop.offsetHeight)}px`;
    pop.style.left = `${Math.max(8, Math.min(box.left, innerWidth - pop.offsetWidth - 16))}px`;
  }
  function afterPopover(event) {
    if (event.target.id !== "pop" || event.newState !== "closed") return;
    opener?.setAttribute("aria-expanded", "false");
    if (document.activeElement === document.body || event.target.contains(document.activeElement)) opener?.focus();
  }

  function copy(button) {
    navigator.clipboard?.writeText(button.dataset.copy).then(() => say("Copied."));
  }
  function say(sentence) {
    const note = document.createElement("div");
    note.className = "note";
    note.textContent = sentence;
    one("#toasts").append(note);
    setTimeout(() => note.remove(), 6000);
  }
  function endToast(note) {
    const wait = () => note.contains(document.activeElement) || note.matches(":hover") ? setTimeout(wait, 2000) : note.remove();
    setTimeout(wait, 6000);
  }

  document.addEventListener("click", (event) => {
    const hit = (selector) => event.target.closest(selector);
    const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
    if (hit("[data-theme-switch]")) switchTheme();
    else if (hit("[data-clear]")) clearSearch();
    else if (hit("[data-close-dialog]")) hit("dialog").close();
    else if (hit("[data-open-keys]")) one("#keys").showModal();
    else if (hit("[data-dismiss]")) hit("[data-toast]").remove();
    else if (hit("[data-close-pop]")) one("#pop").hidePopover();
    else if (hit("[data-copy]")) copy(hit("[data-copy]"));
    else if (hit("[data-print]")) print();
    else if (hit("[data-first-provenance]")) one(".prov").click();
    else if (hit(".prov") && plain && one("#pop").showPopover) { event.preventDefault(); showProvenance(hit(".prov")); }
    else if (hit("#results tbody tr") && !hit("a, button") && plain && !String(getSelection())) one(".who-name[href]", hit("tr"))?.click();
    else if (hit("[data-steps] tbody tr") && !hit("a, button") && plain && !String(getSelection())) one("[data-step]", hit("tr"))?.click();
    all("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
    if (event.target.matches("[data-keys-on]")) localStorage.setItem("keys", event.target.checked ? "on" : "off");
    if (event.target.matches("[data-ask-by]")) showAsked();
    if (event.target.matches(".stale:not(.merge) input[type=radio]")) showResult(event.target);
  });
  document.addEventListener("submit", forgetSearch);
  document.addEventListener("input", (event) => { if (event.target === searchBox()) showClear(); });
  document.addEventListener("focusin", (event) => {
    if (event.target === searchBox()) choose(links()[0]);
    else if (event.target.matches?.("#results .who-name")) choose(event.target);
  });
  document.addEventListener("toggle", afterPopover, true);
  document.addEventListener("keyup", (event) => { if (event.key === "Escape") all("details.menu[open]").forEach((menu) => { menu.open = false; }); });

  // Stale save: the result column follows the choice.
  function showResult(radio) {
    const cell = one(".result", radio.closest("tr"));
    cell.replaceChildren(...one("bdi", radio.parentElement).cloneNode(true).childNodes);
  }
  // Self-check: only the fields of the chosen question.
  function showAsked() {
    const by = one("[data-ask-by]:checked")?.value;
    all("[data-asked-by]").forEach((field) => { field.hidden = !field.dataset.askedBy.split(" ").includes(by); });
  }

  // htmx: polls stop while hidden or in use; a part that fails says so and the rest stands.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const element = event.detail.elt;
    if (element.matches("[data-poll]") && (document.hidden || element.open || element.contains(document.activeElement))) event.preventDefault();
  });
  document.addEventListener("htmx:afterSettle", keepSearch);
  document.addEventListener("htmx:afterSwap", () => {
    if (document.activeElement === searchBox()) choose(links()[0]);
  });
  function showFailure(event) {
    const { elt, target, xhr } = event.detail;
    if (elt.matches("[data-poll]") || !target) return;
    const part = one("#failed-part").content.cloneNode(true);
    const id = xhr?.getResponseHeader("X-Request-Id");
    if (xhr?.status === 401) one("[data-reason]", part).textContent = xhr.responseText;
    if (id) one("[data-request]", part).textContent = `request ${id}`;
    one("[data-again]", part).href = location.href;
    target.replaceChildren(part);
  }
  document.addEventListener("htmx:responseError", showFailure);
  document.addEventListener("htmx:sendError", showFailure);

  showTheme();
  keepSearch();
  all("[data-last-search]").forEach(showLastSearch);
  all("[data-keep]").forEach(keepId);
  if (matchMedia("(max-width: 767.98px)").matches) all(".timeform").forEach((form) => { form.open = false; });
  if (searchBox()) { showClear(); if (document.activeElement === searchBox()) choose(links()[0]); }
  showAsked();
  all("[data-keys-on]").forEach((box) => { box.checked = areKeysOn(); });
  all("[data-toast]").forEach(endToast);
  one("[data-focus]")?.focus();
})();

/* Keys, the palette, and forms that open over the page. A page gives a key to a link, a button or a
   field by data-key ("r", "g q", "ctrl+k"); all of it is reached by links and buttons as well. */
(() => {
  "use strict";

  const says = document.currentScript.dataset;
  const single = says.single === "yes";
  const PAUSE = 1500; // ms between the two keys of "g q"
  const TYPED = 160;
  const PART = { "X-Part": "1" };
  const ROWS = "[data-row], .queue tbody tr, .hits > .hit";

  document.documentElement.classList.toggle("has-keys", single);

  /* Forms and pages over the page */

  const box = document.createElement("dialog");
  box.className = "over";
  box.setAttribute("aria-labelledby", "part-title");
  const closer = document.createElement("button");
  closer.type = "button";
  closer.className = "over__close";
  closer.textContent = says.saysClose;
  closer.addEventListener("click", () => box.close());
  const inside = document.createElement("div");
  inside.className = "over__inside stack";
  box.append(closer, inside);
  box.addEventListener("click", (event) => {
    if (event.target === box && !isTyped()) box.close();
  });
  document.body.append(box);

  // A click beside a form throws nothing away that was typed into it.
  function isTyped() {
    return [...inside.querySelectorAll("textarea, input[type=text]")].some(
      (field) => field.value !== field.defaultValue,
    );
  }

  async function part(href) {
    const answer = await fetch(href, { headers: PART, credentials: "same-origin" });
    return answer.ok && !answer.redirected ? answer.text() : "";
  }

  function firstField(place) {
    return place.querySelector(
      ".field textarea, .field select, .field input:not([type=hidden]), button[type=submit]",
    );
  }

  async function openOver(link) {
    const text = await part(link.href).catch(() => "");
    const read = document.createElement("div");
    read.innerHTML = text;
    // Files are sent in parts by a script of the page itself.
    if (!text || read.querySelector("input[type=file]")) {
      location.href = link.href;
      return;
    }
    read.querySelectorAll("#act-title").forEach((title) => (title.id = "part-title"));
    inside.replaceChildren(...read.childNodes);
    palette.close();
    if (!box.open) box.showModal();
    box.scrollTop = 0;
    firstField(inside)?.focus();
  }

  async function openInPlace(link) {
    const now = document.getElementById(link.dataset.inPlace);
    const read = document.createElement("div");
    read.className = "in-place";
    read.innerHTML = await part(link.href).catch(() => "");
    const form = read.querySelector("form");
    if (!form || !now) {
      location.href = link.href;
      return;
    }
    read.replaceChildren(form);
    const shown = now.parentElement;
    shown.hidden = true;
    shown.after(read);
    const field = firstField(read);
    field?.focus();
    field?.select?.();
    const leave = () => {
      read.remove();
      shown.hidden = false;
      link.focus();
    };
    const left = document.createElement("button");
    left.type = "button";
    left.className = "button button--quiet";
    left.textContent = says.saysClose;
    left.addEventListener("click", leave);
    form.querySelector(".button-row")?.append(left);
    read.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      leave();
    });
  }

  /* What a link leads to on this page is opened, and what is written there takes the focus. */
  function openHere(hash) {
    const place = hash.length > 1 ? document.getElementById(hash.slice(1)) : null;
    if (!place) return false;
    for (let one = place; one; one = one.parentElement) {
      if (one.tagName === "DETAILS") one.open = true;
    }
    place.scrollIntoView({ block: "nearest" });
    if (place.matches(".mode")) place.querySelector("textarea")?.focus();
    return place.matches(".mode");
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    const isPlain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.button);
    if (!link || !isPlain) return;
    if (link.hash && link.pathname === location.pathname && link.search === location.search) {
      box.close();
      closeMenus();
      if (openHere(link.hash)) event.preventDefault();
    } else if (link.hasAttribute("data-palette-open")) {
      event.preventDefault();
      openPalette();
    } else if (link.dataset.inPlace) {
      event.preventDefault();
      openInPlace(link);
    } else if (link.hasAttribute("data-act") || link.hasAttribute("data-part")) {
      event.preventDefault();
      closeMenus();
      openOver(link);
    }
  });

  function closeMenus(besides) {
    document.querySelectorAll("details.menu[open], .nav__more > details[open]").forEach((menu) => {
      if (menu !== besides) menu.open = false;
    });
  }

  document.addEventListener("click", (event) => {
    closeMenus(event.target.closest?.("details.menu, .nav__more > details"));
  });

  document.querySelectorAll("[data-copy]").forEach((button) => {
    if (!navigator.clipboard) return;
    button.hidden = false;
    const name = button.innerHTML;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = button.dataset.copied;
      setTimeout(() => (button.innerHTML = name), 2000);
    });
  });

  /* The palette */

  const palette = document.createElement("dialog");
  palette.className = "over palette";
  palette.setAttribute("aria-label", says.saysGo);
  palette.innerHTML =
    '<input class="input" id="palette-input" role="combobox" aria-expanded="true" aria-controls="palette-list" ' +
    'aria-autocomplete="list" autocomplete="off" spellcheck="false" maxlength="100">' +
    '<div class="palette__list" id="palette-list" role="listbox"></div>' +
    '<p class="palette__none soft" role="status"></p>';
  const [input, list, none] = palette.children;
  input.placeholder = says.saysFind;
  input.setAttribute("aria-label", says.saysFind);
  list.setAttribute("aria-label", says.saysGo);
  document.body.append(palette);
  palette.addEventListener("click", (event) => {
    if (event.target === palette) palette.close();
  });

  let asked = 0;
  let waits = 0;
  let chosen = 0;

  function openPalette() {
    box.close();
    closeMenus();
    if (palette.open) return;
    input.value = "";
    palette.showModal();
    show([]);
    ask();
  }

  /* What can be done on this page: the links of its acts, and what it writes itself. */
  function hereFor(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const seen = new Set();
    const found = [];
    document.querySelectorAll(".mode__name, .toolbar button, a[data-act]").forEach((element) => {
      const name = [...element.childNodes]
        .filter((node) => node.nodeName !== "KBD")
        .map((node) => node.textContent)
        .join("")
        .trim();
      if (!name || seen.has(name) || !words.every((word) => name.toLowerCase().includes(word))) return;
      seen.add(name);
      found.push({ name, note: "", act: () => press(element) });
    });
    return found.slice(0, text ? 8 : 6);
  }

  async function ask() {
    const number = ++asked;
    const text = input.value.trim();
    const here = hereFor(text);
    const answer = await fetch(`${says.palette}?q=${encodeURIComponent(text)}`, {
      headers: PART,
      credentials: "same-origin",
    }).catch(() => null);
    if (number !== asked || !palette.open) return;
    const kinds = answer?.ok && !answer.redirected ? (await answer.json()).found : [];
    const own = here.length ? [{ title: says.saysHere, entries: here }] : [];
    show([...own, ...kinds]);
    none.textContent = list.children.length ? "" : says.saysNothing;
  }

  function show(kinds) {
    list.replaceChildren();
    none.textContent = "";
    kinds.forEach((kind, at) => {
      const group = document.createElement("div");
      group.setAttribute("role", "group");
      group.setAttribute("aria-labelledby", `palette-kind-${at}`);
      const title = document.createElement("p");
      title.className = "palette__kind";
      title.id = `palette-kind-${at}`;
      title.textContent = kind.title;
      group.append(title, ...kind.entries.map(row));
      list.append(group);
    });
    choose(0);
  }

  function row(entry) {
    const link = document.createElement("a");
    link.className = "palette__row";
    link.setAttribute("role", "option");
    link.tabIndex = -1;
    link.href = entry.href || "#";
    link.textContent = entry.name;
    if (entry.note) {
      const note = document.createElement("span");
      note.className = "soft";
      note.textContent = entry.note;
      link.append(" ", note);
    }
    if (entry.act) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        event.stopPropagation();
        palette.close();
        entry.act();
      });
    }
    return link;
  }

  const rows = () => [...list.querySelectorAll(".palette__row")];

  function choose(at) {
    const all = rows();
    if (!all.length) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    chosen = (at + all.length) % all.length;
    all.forEach((one, number) => {
      one.id = `palette-row-${number}`;
      one.setAttribute("aria-selected", String(number === chosen));
    });
    all[chosen].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", all[chosen].id);
  }

  input.addEventListener("input", () => {
    clearTimeout(waits);
    waits = setTimeout(ask, TYPED);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(chosen + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      rows()[chosen]?.click();
    }
  });

  /* Keys */

  function press(element) {
    if (element.matches("input, select, textarea")) {
      // On a narrow screen the field may be in a menu that is closed.
      if (!element.offsetParent) element.closest("[popover]")?.showPopover();
      element.focus();
      element.select?.();
    } else if (element.matches("summary")) {
      const place = element.parentElement;
      place.open = true;
      const next = place.matches(".mode") ? place.querySelector("textarea") : place.querySelector("a");
      (next || element).focus();
    } else {
      element.click();
    }
  }

  function isWriting(target) {
    return target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
  }

  function withKey(key) {
    return [...document.querySelectorAll("[data-key]")].find(
      (element) => element.dataset.key === key && (element.offsetParent || element.closest("details, [popover]")),
    );
  }

  function step(by) {
    const all = [...document.querySelectorAll(ROWS)].filter((one) => one.offsetParent);
    const at = all.findIndex((one) => one.contains(document.activeElement));
    const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)];
    const link = next?.querySelector("[data-open], th a[href], a[href]");
    link?.focus();
    next?.scrollIntoView({ block: "nearest" });
    return Boolean(link);
  }

  function select() {
    const tick = document.activeElement.closest?.(ROWS)?.querySelector("input[type=checkbox]");
    tick?.click();
    return Boolean(tick);
  }

  const LISTS = { j: () => step(1), k: () => step(-1), x: select };
  let first = "";
  let pause = 0;

  function pressed(key) {
    const pair = first && withKey(`${first} ${key}`);
    clearTimeout(pause);
    first = "";
    const element = pair || withKey(key);
    if (element) {
      press(element);
      return true;
    }
    if (LISTS[key]) return LISTS[key]();
    if (document.querySelector(`[data-key^="${CSS.escape(key)} "]`)) {
      first = key;
      pause = setTimeout(() => (first = ""), PAUSE);
      return true;
    }
    return false;
  }

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.altKey) return;
    const key = event.key.toLowerCase();
    if (event.ctrlKey || event.metaKey) {
      const form = key === "enter" && event.target.closest?.("form.act-form");
      if (key === "k" && !event.shiftKey) {
        event.preventDefault();
        openPalette();
      } else if (form) {
        event.preventDefault();
        form.requestSubmit(form.querySelector(".button-row > button[type=submit]"));
      }
      return;
    }
    if (key === "escape") closeMenus();
    if (!single || key.length > 1 || isWriting(event.target) || box.open || palette.open) return;
    if (pressed(key)) event.preventDefault();
  });
})();

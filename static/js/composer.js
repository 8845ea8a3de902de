/* Writing on a case: texts for reuse by "::", articles by "??", colleagues by "@@", pasted pictures.
   All of it is done by the fields of the form as well. */
(() => {
  "use strict";

  const SIGNS = /(::|\?\?|@@)([^\n:?@]{0,40})$/;
  const MOST = 8;
  const WAIT = 180;

  const plain = (text) => text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");

  class Picker {
    constructor(area) {
      this.area = area;
      this.form = area.form;
      this.list = document.createElement("div");
      this.list.className = "picker";
      this.list.id = `${area.id}-picker`;
      this.list.setAttribute("role", "listbox");
      this.list.hidden = true;
      area.after(this.list);
      area.setAttribute("aria-controls", this.list.id);
      area.setAttribute("aria-autocomplete", "list");
      area.addEventListener("input", () => this.look());
      area.addEventListener("keydown", (event) => this.key(event));
      area.addEventListener("blur", () => setTimeout(() => this.close(), 150));
      this.found = [];
      this.chosen = 0;
      this.asked = 0;
    }

    sign() {
      return this.area.value.slice(0, this.area.selectionStart).match(SIGNS);
    }

    look() {
      const sign = this.sign();
      clearTimeout(this.waits);
      if (!sign) {
        this.close();
        return;
      }
      const [, kind, text] = sign;
      if (kind === "??") this.waits = setTimeout(() => this.articles(text.trim()), WAIT);
      else this.show(kind === "::" ? this.texts(text) : this.people(text));
    }

    texts(text) {
      const select = this.form.querySelector("select[name$=-canned]");
      const button = this.form.querySelector("[data-inserts]");
      if (!select || !button) return [];
      return [...select.options]
        .filter((option) => option.value && plain(option.text).includes(plain(text.trim())))
        .map((option) => ({
          name: option.text,
          take: () => {
            this.put("");
            select.value = option.value;
            button.click();
          },
        }));
    }

    people(text) {
      const ticks = [...this.form.querySelectorAll("[data-mention] input[type=checkbox]")];
      return ticks
        .map((tick) => ({ tick, name: tick.closest("label").textContent.trim() }))
        .filter(({ name }) => plain(name).includes(plain(text.trim())))
        .map(({ tick, name }) => ({
          name,
          take: () => {
            tick.checked = true;
            tick.closest("details").open = true;
            this.put(`@${name} `);
          },
        }));
    }

    /* What no customer can open is offered in a note only. */
    async articles(text) {
      const place = this.area.closest("[data-articles]");
      if (!place || !text) {
        this.close();
        return;
      }
      const number = ++this.asked;
      const address = `${place.dataset.articles}?q=${encodeURIComponent(text)}`;
      const answer = await fetch(address, { credentials: "same-origin" }).catch(() => null);
      if (number !== this.asked || !answer?.ok || answer.redirected || !this.sign()) return;
      const { articles } = await answer.json();
      const isNote = Boolean(this.area.closest(".mode--inside"));
      this.show(
        articles
          .filter((one) => isNote || !one.inside)
          .map((one) => ({
            name: one.title,
            note: one.inside ? place.dataset.inside : "",
            take: () => this.put(`${one.title}: ${one.address} `),
          })),
      );
    }

    show(found) {
      this.found = found.slice(0, MOST);
      this.list.hidden = !this.found.length;
      this.list.replaceChildren(
        ...this.found.map((one, at) => {
          const row = document.createElement("div");
          row.className = "picker__row";
          row.id = `${this.list.id}-${at}`;
          row.setAttribute("role", "option");
          row.textContent = one.name;
          if (one.note) {
            const note = document.createElement("span");
            note.className = "soft";
            note.textContent = one.note;
            row.append(" ", note);
          }
          row.addEventListener("pointerdown", (event) => {
            event.preventDefault();
            this.take(at);
          });
          return row;
        }),
      );
      this.choose(0);
    }

    choose(at) {
      if (!this.found.length) {
        this.area.removeAttribute("aria-activedescendant");
        return;
      }
      this.chosen = (at + this.found.length) % this.found.length;
      [...this.list.children].forEach((row, number) => {
        row.setAttribute("aria-selected", String(number === this.chosen));
      });
      this.list.children[this.chosen].scrollIntoView({ block: "nearest" });
      this.area.setAttribute("aria-activedescendant", this.list.children[this.chosen].id);
    }

    take(at) {
      const one = this.found[at];
      one.take();
      this.close();
    }

    put(text) {
      const end = this.area.selectionStart;
      const sign = this.sign();
      const start = sign ? end - sign[0].length : end;
      this.area.focus();
      this.area.setRangeText(text, start, end, "end");
      this.close();
      this.area.dispatchEvent(new Event("input", { bubbles: true }));
    }

    close() {
      this.found = [];
      this.list.hidden = true;
      this.area.removeAttribute("aria-activedescendant");
    }

    key(event) {
      if (this.list.hidden || event.isComposing) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        this.choose(this.chosen + (event.key === "ArrowDown" ? 1 : -1));
      } else if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === "Tab") {
        event.preventDefault();
        this.take(this.chosen);
      } else if (event.key === "Escape") {
        event.preventDefault();
        event.stopPropagation();
        this.close();
      }
    }
  }

  /* A picture from the clipboard goes to the files of the same form. */
  function pasted(area) {
    const files = area.form.querySelector("input[type=file]");
    if (!files) return;
    area.addEventListener("paste", (event) => {
      const found = [...event.clipboardData.files];
      if (!found.length || event.clipboardData.getData("text/plain")) return;
      event.preventDefault();
      const all = new DataTransfer();
      [...files.files, ...found].forEach((file) => all.items.add(file));
      files.files = all.files;
      files.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }

  document.querySelectorAll(".composer textarea[name$=-body]").forEach((area) => {
    new Picker(area);
    pasted(area);
  });
})();

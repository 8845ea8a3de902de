/* Puts the title and the address of an article into what is being written on a case. Without it
   the address stands there to be copied. */
(() => {
  "use strict";

  const WRITTEN = "textarea[name$='-body']";
  const said = document.querySelector("[data-article-said]");
  let last = null;

  document.addEventListener("focusin", (event) => {
    if (event.target.matches(WRITTEN)) {
      last = event.target;
    }
  });

  const fits = (area, inside) =>
    area && area.isConnected && area.offsetParent !== null && (!inside || area.name === "note-body");

  /* What is for the desk only goes into a note, never into words to the customer. */
  function areaFor(inside) {
    if (fits(last, inside)) {
      return last;
    }
    for (const name of inside ? ["note-body"] : ["reply-body", "note-body"]) {
      const area = document.querySelector(`textarea[name="${name}"]`);
      const folded = area && area.closest("details");
      if (folded) {
        folded.open = true;
      }
      if (fits(area, inside)) {
        return area;
      }
    }
    return null;
  }

  document.querySelectorAll("[data-article]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      const area = areaFor("inside" in button.dataset);
      if (!area) {
        return;
      }
      const before = area.value.slice(0, area.selectionStart);
      const gap = before && !/\s$/.test(before) ? "\n" : "";
      area.setRangeText(`${gap}${button.dataset.article}\n`, area.selectionStart, area.selectionEnd, "end");
      area.focus();
      area.dispatchEvent(new Event("input", { bubbles: true }));
      said.textContent = button.dataset.told;
    });
  });
})();

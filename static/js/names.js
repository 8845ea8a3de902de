// Select2 names its boxes after what is chosen in them, so that an empty one has no name:
// each gets that of the label of the list that it stands for.
function nameBoxes() {
  for (const list of document.querySelectorAll("select.select2-hidden-accessible")) {
    const name = list.labels[0]?.textContent.replace(/:\s*$/, "").trim() || list.ariaLabel;
    const box = list.nextElementSibling?.querySelector(".select2-selection");
    if (!name || !box) continue;
    box.removeAttribute("aria-labelledby");
    box.setAttribute("aria-label", name);
    const chosen = box.querySelector(".select2-selection__rendered");
    chosen?.removeAttribute("role");
    chosen?.removeAttribute("aria-readonly");
  }
}

// In its turn behind Django's own, which makes the boxes.
window.django?.jQuery?.(nameBoxes);
document.addEventListener("formset:added", nameBoxes);

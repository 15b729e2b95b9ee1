// Pictures that stand elsewhere too; buttons that copy, each telling what became of it; what is
// folded opens for links into it, for paper and all at once; and tables and listings that scroll can be reached by keyboard.
(() => {
  "use strict";
  const values = {
    bibtex: (button) => button.dataset.value,
    link: (button) => location.href.split("#")[0] + button.dataset.value,
  };

  function byTextArea(text) {
    const area = document.createElement("textarea");
    area.value = text;
    area.style.position = "fixed";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return byTextArea(text);
    }
  }

  function say(button, text, label) {
    button.textContent = text;
    button.setAttribute("aria-label", label);
  }

  for (const button of document.querySelectorAll("button[data-copy]")) {
    const text = button.textContent, label = button.getAttribute("aria-label");
    button.hidden = false;
    button.addEventListener("click", async () => {
      const done = await copy(values[button.dataset.copy](button));
      say(button, ...Array(2).fill(done ? "copied" : "not copied"));
      button.focus();
      setTimeout(() => say(button, text, label), 1500);
    });
  }

  // On a narrow screen the contents would fill it.
  const contents = document.querySelector("nav details");
  if (contents && !matchMedia("(min-width: 76rem)").matches) contents.open = false;

  for (const again of document.querySelectorAll("a.picture > img[hidden]")) {
    again.src = document.getElementById(again.parentElement.hash.slice(1)).querySelector("img").src;
    again.hidden = false;
  }

  function unfold() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let box = target?.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    target?.scrollIntoView();
  }
  if (location.hash) unfold();
  addEventListener("hashchange", unfold);
  addEventListener("beforeprint", () => {
    for (const box of document.querySelectorAll("main details")) box.open = true;
  });

  const unfolding = document.querySelector("button.unfold");
  unfolding.hidden = false;
  unfolding.addEventListener("click", () => {
    const opens = unfolding.getAttribute("aria-pressed") === "false";
    for (const box of document.querySelectorAll("main .section")) box.open = opens;
    unfolding.setAttribute("aria-pressed", opens);
  });

  function reachable() {
    for (const box of document.querySelectorAll("main table, main pre")) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  }
  reachable();
  addEventListener("resize", reachable);
  document.addEventListener("toggle", reachable, true);
})();

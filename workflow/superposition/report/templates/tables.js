// Tables of claims: sorted by their headings, filtered by verdict and part, shown under another reading.
(() => {
  "use strict";
  const { signs, tables } = JSON.parse(document.getElementById("claims-data").textContent);
  const DEFAULT = "default", ORDER = Object.keys(signs);

  function element(name, properties = {}, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  function choice(label, options) {
    const select = element("select", {}, ...options.map(([value, text]) => element("option", { value }, text)));
    return [element("label", {}, `${label} `, select), select];
  }

  function verdictOf(judged, part) {
    if (!part) return judged.verdict;
    return judged.parts.find(([name]) => name === part)?.[1];
  }

  function signed(verdict) {
    return element("span", { className: `verdict ${verdict.replace(" ", "-")}` }, `${signs[verdict]} ${verdict}`);
  }

  class Claims {
    constructor(table, known) {
      this.table = table;
      this.known = known;
      this.body = table.tBodies[0];
      this.headings = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
      this.at = { verdict: this.headings.indexOf("Verdict"), effect: this.headings.findIndex((name) => name.startsWith("Effect")) };
      this.rows = [...this.body.rows].map((row) => this.read(row));
      table.classList.add("claims");
      this.addFilters();
      this.headings.forEach((name, column) => this.addSorting(name, column));
    }

    read(row) {
      const cells = [...row.cells];
      cells.forEach((cell, i) => { cell.dataset.label = this.headings[i]; });
      const claim = this.known.claims[row.querySelector("a[href*='-claim-']").getAttribute("href").slice(1)];
      const kept = Object.fromEntries(Object.entries(this.at).map(([what, i]) => [what, [...cells[i].childNodes]]));
      return { row, cells, claim, kept };
    }

    addFilters() {
      const parts = new Set(this.rows.flatMap(({ claim }) => claim.readings[DEFAULT].parts.map(([name]) => name)));
      const some = (words, values) => [["", words], ...[...values].map((value) => [value, value])];
      const fields = [
        choice("Verdict", [["", "any"], ...ORDER.map((verdict) => [verdict, `${signs[verdict]} ${verdict}`])]),
        choice("Part", some("all together", parts)),
        choice("Reading", this.known.readings.map((name) => [name, name])),
      ];
      [this.verdict, this.part, this.reading] = fields.map(([, select]) => select);
      this.status = element("span", { className: "status" });
      this.status.setAttribute("role", "status");
      const shown = fields.filter(([, select]) => select.options.length > 1).map(([label]) => label);
      this.table.before(element("div", { className: "filters" }, ...shown, this.status));
      for (const [, select] of fields) select.addEventListener("change", () => this.filter());
    }

    filter() {
      const [verdict, part, reading] = [this.verdict.value, this.part.value, this.reading.value];
      let count = 0;
      for (const { row, cells, claim, kept } of this.rows) {
        const judged = claim.readings[reading] ?? claim.readings[DEFAULT];
        const found = verdictOf(judged, part);
        row.hidden = !found || (verdict !== "" && found !== verdict);
        count += !row.hidden;
        const asBuilt = reading === DEFAULT;
        cells[this.at.verdict].replaceChildren(...(asBuilt ? kept.verdict : this.verdictCell(judged)));
        cells[this.at.effect].replaceChildren(...(asBuilt ? kept.effect : this.effectCell(judged)));
      }
      const under = reading === DEFAULT ? "" : `, under the reading ${reading}`;
      this.status.textContent = `${count} of ${this.rows.length} claims${under}`;
    }

    verdictCell(judged) {
      const holds = judged.of > 1 ? `, holds for ${judged.holds} of ${judged.of}` : "";
      return [signed(judged.verdict), holds + (judged.same ? `; reads what it reads under ${judged.same}` : "")];
    }

    effectCell(judged) {
      const several = judged.parts.length > 1;
      return judged.parts.map(([name, , text]) => element("div", {}, several ? `${name}: ${text}` : text));
    }

    key(name, { cells, claim }, column) {
      if (column === this.at.verdict) return ORDER.indexOf((claim.readings[this.reading.value] ?? claim.readings[DEFAULT]).verdict);
      if (column === this.at.effect) return claim.distance ?? -Infinity;
      return name === "Readings" ? claim.share : cells[column].textContent.trim();
    }

    addSorting(name, column) {
      const heading = this.table.tHead.rows[0].cells[column];
      const button = element("button", { type: "button" }, name);
      heading.replaceChildren(button);
      button.addEventListener("click", () => {
        const falls = heading.getAttribute("aria-sort") === "ascending";
        for (const cell of this.table.tHead.rows[0].cells) cell.removeAttribute("aria-sort");
        heading.setAttribute("aria-sort", falls ? "descending" : "ascending");
        const keyed = this.rows.map((entry) => [this.key(name, entry, column), entry.row]);
        const order = ([a], [b]) => (typeof a === "number" ? a - b : a.localeCompare(b, "en", { numeric: true }));
        keyed.sort((a, b) => (falls ? -1 : 1) * order(a, b));
        this.body.append(...keyed.map(([, row]) => row));
      });
    }
  }

  for (const [id, known] of Object.entries(tables)) {
    const table = document.getElementById(id)?.closest("table");
    if (table) new Claims(table, known);
  }
})();

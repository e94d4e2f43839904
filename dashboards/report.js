"use strict";
// Sort and search the table; the page is whole without this.
const table = document.getElementById("connections");
const body = table.tBodies[0];
const rows = Array.from(body.rows);
const find = document.getElementById("find");
find.parentElement.hidden = false;
find.addEventListener("input", () => {
  const wanted = find.value.trim().toLowerCase();
  for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
});
for (const head of table.tHead.rows[0].cells) {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...head.childNodes);
  head.append(button);
  button.addEventListener("click", () => {
    const down = head.getAttribute("aria-sort") !== "descending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const key = (row) => row.cells[head.cellIndex].dataset.sort;
    const order = (a, b) => {
      const x = key(a), y = key(b);
      const byNumber = parseFloat(x) - parseFloat(y);
      return Number.isNaN(byNumber) ? x.localeCompare(y) * -1 : byNumber;
    };
    rows.sort((a, b) => (down ? -1 : 1) * order(a, b));
    body.append(...rows);
  });
}

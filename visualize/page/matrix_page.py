"""Writes the page of a matrix program: its lines beside the graph, where the nodes of the line pointed at light up."""

import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font-family: system-ui, sans-serif; margin: 0 auto; max-width: 90rem; padding: 1rem; color: #111;
  background: #fff; }}
main {{ display: grid; grid-template-columns: minmax(20rem, 2fr) 3fr; gap: 1.5rem; }}
@media (max-width: 50rem) {{ main {{ grid-template-columns: 1fr; }} }}
ol {{ list-style: none; margin: 0; padding: 0; }}
li button {{ font: inherit; text-align: left; width: 100%; border: 1px solid #bbb; border-radius: 4px; background: #fff;
  color: inherit; margin: 0 0 .4rem; padding: .4rem .6rem; cursor: pointer; }}
li button[aria-pressed=true], li button:hover, li button:focus-visible {{ border-color: #00457c;
  background: #e8f1fa; }}
code {{ font-size: 1rem; }}
.lecture {{ color: #444; display: block; }}
#beside {{ position: sticky; top: 1rem; align-self: start; min-width: 0; }}
#reason {{ min-height: 7rem; margin: 0 0 1rem; }}
figure {{ margin: 0; overflow: auto; max-height: calc(100vh - 11rem); border: 1px solid #bbb; border-radius: 4px; }}
figure svg {{ display: block; width: auto; height: auto; max-width: none; }}
svg g.node {{ transition: opacity .15s; }}
svg.pointed g.node:not(.lit), svg.pointed g.edge {{ opacity: .25; }}
@media (prefers-reduced-motion: reduce) {{ svg g.node {{ transition: none; }} }}
</style>
</head>
<body>
<header><h1>{title}</h1>
<p>Point at a line, or choose it: the scalar nodes that became it light up in the graph of one sample. Of a gradient
they are the nodes that it is the gradient of.</p></header>
<main>
<div><ol>
{lines}
</ol></div>
<div id="beside"><p id="reason" role="status">Choose a line.</p>
<p class="lecture">{caption}</p>
<figure tabindex="0" aria-label="The graph of one sample">{picture}</figure></div>
</main>
{notes}
<script>
const LINES = {data};
const frame = document.querySelector("figure"), picture = frame.querySelector("svg");
const reason = document.getElementById("reason");
const nodes = new Map([...picture.querySelectorAll("g.node")].map(
  (node) => [node.querySelector("title").textContent.split(/; | = /)[0], node]));
const buttons = [...document.querySelectorAll("li button")];
let chosen = -1;
function show(i) {{
  picture.classList.toggle("pointed", i >= 0);
  nodes.forEach((node) => node.classList.remove("lit"));
  reason.textContent = i < 0 ? "Choose a line." : LINES[i].reason;
  if (i < 0) return;
  const lit = LINES[i].nodes.map((name) => nodes.get(name)).filter(Boolean);
  lit.forEach((node) => node.classList.add("lit"));
  if (!lit.length) return;
  const box = frame.getBoundingClientRect(), ends = lit.map((node) => node.getBoundingClientRect());
  let left = Math.min(...ends.map((end) => end.left)), right = Math.max(...ends.map((end) => end.right));
  if (right - left > box.width) left = right - box.width / 2;  // the last of them, if all have no room
  const top = Math.min(...ends.map((end) => end.top)), bottom = Math.max(...ends.map((end) => end.bottom));
  frame.scrollBy((left + right - box.left - box.right) / 2, (top + bottom - box.top - box.bottom) / 2);
}}
buttons.forEach((button, i) => {{
  button.addEventListener("mouseenter", () => show(i));
  button.addEventListener("mouseleave", () => show(chosen));
  button.addEventListener("focus", () => show(i));
  button.addEventListener("click", () => {{
    chosen = chosen === i ? -1 : i;
    buttons.forEach((other, j) => other.setAttribute("aria-pressed", String(j === chosen)));
    show(chosen);
  }});
}});
</script>
</body>
</html>
"""


def write_matrix_page(title: str, lines: Sequence[Mapping[str, Any]], picture: str, caption: str,
                      notes: Sequence[str] = ()) -> str:
    """The page as HTML.

    Args:
        title: its heading.
        lines: of each line ``line``, ``lecture`` (equations), ``nodes`` (names) and ``reason``.
        picture: the graph of one sample as SVG, whose nodes have titles that begin with their names.
        caption: what its numbers are.
        notes: sentences about the lecture.
    """
    items = []
    for line in lines:
        equations = "".join(f'<span class="lecture">{escape(text)}</span>' for text in line["lecture"])
        items.append(f'<li><button type="button" aria-pressed="false"><code>{escape(line["line"])}</code>{equations}'
                     "</button></li>")
    data = json.dumps([{"nodes": line["nodes"], "reason": line["reason"]} for line in lines], ensure_ascii=False)
    svg = picture[picture.index("<svg"):]
    told = "".join(f"<li>{escape(note)}</li>" for note in notes)
    return _PAGE.format(title=escape(title), lines="\n".join(items), picture=svg, data=data.replace("</", "<\\/"),
                        caption=escape(caption),
                        notes=f"<footer><h2>The lecture</h2>\n<ul>{told}</ul></footer>" if told else "")

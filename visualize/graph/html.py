"""A picture as HTML for a notebook: as wide as the cell, its full size a click away, and left alone by MathJax."""

from .svg import make_ids_unique, number_displays

_IGNORED = "tex2jax_ignore mathjax_ignore"
"""Classes of what MathJax 2 and 3 take for text: a label such as $x$ is no formula."""


def write_html(svg: str) -> str:
    """The picture with a switch between the width of the cell and its own. It needs no script."""
    name = number_displays()
    picture = make_ids_unique(svg)
    style = (f".{name} svg{{max-width:100%;height:auto}}.{name} details[open]+div{{overflow:auto}}"
             f".{name} details[open]+div svg{{max-width:none}}.{name} summary{{width:max-content;cursor:pointer}}")
    return (f'<div class="{name} {_IGNORED}"><style>{style}</style><details><summary>full size</summary></details>'
            f'<div>{picture[picture.index("<svg"):]}</div></div>')

"""Style of the HTML export: light and dark, on a screen and on paper, without anything from elsewhere."""

from __future__ import annotations

from typing import Final

STYLE: Final = """
:root{color-scheme:light dark;--ink:#1a1b1e;--soft:#5c636b;--line:#d9dde2;--paper:#fff;--fill:#f5f6f8;--blue:#1864ab;
--red:#c92a2a;--amber:#9c5400;--green:#2b6a30}
@media (prefers-color-scheme:dark){:root{--ink:#e6e7e9;--soft:#a3a9b1;--line:#3a3e44;--paper:#17181b;--fill:#212327;
--blue:#74b9ff;--red:#ff8787;--amber:#ffc078;--green:#8ce99a}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:56rem;padding:1.5rem 1rem 4rem;background:var(--paper);color:var(--ink);
font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.4rem;line-height:1.3;margin:0 0 .5rem}
.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(11rem,1fr));gap:.5rem 1rem;margin:1rem 0 2rem;
padding:1rem;background:var(--fill);border-radius:.5rem}
.facts div{min-width:0}dt{color:var(--soft);font-size:.8rem}dd{margin:0}
ol{list-style:none;margin:0;padding:0}
li{border-left:3px solid var(--line);padding:.35rem 0 .35rem .9rem;margin:0 0 .5rem}
li.message,li.feedback{border-color:var(--blue)}li.token{border-color:var(--green)}
li.error,li.bad{border-color:var(--red)}li.interrupt,li.interrupt_resolved,li.escalated{border-color:var(--amber)}
li.staff{color:var(--soft)}
.head{display:flex;flex-wrap:wrap;gap:.15rem .75rem;font-size:.8rem;color:var(--soft)}
.head b{color:var(--ink)}
p{margin:.15rem 0;white-space:pre-wrap}
pre{margin:.35rem 0;padding:.6rem;background:var(--fill);border-radius:.35rem;white-space:pre-wrap;font-size:.8rem}
details{font-size:.85rem}summary{cursor:pointer;color:var(--soft)}
.note{padding:.75rem 1rem;border:1px solid var(--amber);border-radius:.5rem}
@media print{body{max-width:none;padding:0;font-size:11px}li{break-inside:avoid}pre{font-size:9px}}
"""

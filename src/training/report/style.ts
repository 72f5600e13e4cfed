/** The look of the page: light and dark by the reader's setting, and fit for paper. */
const dark = `--bg:#11151c;--panel:#191f29;--ink:#e8ecf2;--muted:#9ba6b6;--line:#2f3847;--accent:#74abff;--other:#f0a35e;--third:#c79bf2;
--good:#5dc98f;--look:#e3b341;--act:#ff8178;--bar:#2a4366`

export const style = `
:root{color-scheme:light dark;--bg:#fff;--panel:#f6f8fb;--ink:#18202d;--muted:#576273;--line:#d8dee8;--accent:#1d5fc4;--other:#b65708;
--third:#7a3fb8;--good:#17764a;--look:#8a5b00;--act:#b3261e;--bar:#cfe0f8}
@media (prefers-color-scheme:dark){:root{${dark}}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,"Segoe UI","Noto Sans","Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif}
main{max-width:1080px;margin:0 auto;padding:32px 24px 64px}
h1{font-size:17px;font-weight:600;margin:0 0 10px;color:var(--muted)}
h2{font-size:20px;margin:44px 0 4px;padding-top:14px;border-top:1px solid var(--line)}
h3{font-size:15px;margin:0 0 2px}
p{margin:0 0 10px}
.headline{font-size:26px;line-height:1.3;font-weight:600;margin:0 0 12px;max-width:34em;text-wrap:balance}
.lead{font-size:17px;max-width:48em}
.note,.about{color:var(--muted);font-size:14px;max-width:60em}
.verdict{display:inline-block;margin:8px 0 16px;padding:6px 12px;border-radius:6px;border:1px solid currentColor;font-weight:600}
.good{color:var(--good)}.look{color:var(--look)}.act{color:var(--act)}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(165px,1fr));gap:12px;margin:18px 0}
.card{background:var(--panel);border-radius:8px;padding:12px 14px}
.card b{display:block;font-size:26px;line-height:1.2;font-variant-numeric:tabular-nums}
.card span{display:block;color:var(--muted);font-size:13px}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,440px),1fr));gap:20px;margin:14px 0}
figure{margin:0;background:var(--panel);border-radius:8px;padding:14px 16px 10px;break-inside:avoid}
section>figure{margin-top:12px}
figcaption{margin-top:8px;color:var(--muted);font-size:13px}
svg{display:block;width:100%;height:auto;overflow:visible}
svg text{fill:var(--muted);font-size:12px;font-variant-numeric:tabular-nums}
svg .name{fill:var(--ink)}
.grid{stroke:var(--line);stroke-width:1}
.reference{stroke:var(--muted);stroke-width:1.2;stroke-dasharray:4 4;fill:none}
.line{fill:none;stroke-width:2.2;stroke-linejoin:round}
.s0{stroke:var(--accent)}.s1{stroke:var(--other);stroke-dasharray:7 3}.s2{stroke:var(--third);stroke-dasharray:2 3}
.dot{fill:var(--accent)}.whisker{stroke:var(--accent);stroke-width:1.6;fill:none}
.box{fill:var(--bar);stroke:var(--accent);stroke-width:1.2}.median{stroke:var(--accent);stroke-width:3}
.diamond{fill:var(--other)}.negatives{fill:var(--bar)}.positives{fill:var(--accent)}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;margin:6px 0 0;padding:0;list-style:none;font-size:13px}
.legend svg{display:inline-block;width:26px;height:10px;vertical-align:middle;margin-right:6px}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;margin:10px 0;font-size:14px;font-variant-numeric:tabular-nums}
caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
th,td{text-align:left;padding:5px 10px;border-bottom:1px solid var(--line);vertical-align:baseline}
thead th{color:var(--muted);font-weight:600;font-size:13px;white-space:nowrap;border-bottom:2px solid var(--line)}
tbody th{font-weight:500;min-width:8em}td span{white-space:nowrap}
.n{text-align:right;white-space:nowrap}
td small{color:var(--muted)}
.meaning{display:block;color:var(--muted);font-size:13px}
.bar{min-width:96px;white-space:nowrap;background:linear-gradient(var(--bar),var(--bar)) no-repeat 0 50%/calc(var(--share)*(100% - 12px)) 62%}
details{margin:8px 0;font-size:14px}
summary{cursor:pointer;color:var(--muted)}
@media (max-width:560px){main{padding:20px 14px 40px}.headline{font-size:21px}}
@media print{:root{--bg:#fff;--panel:#fff;--ink:#000;--muted:#444;--line:#bbb;--accent:#1d5fc4;--other:#b65708;--third:#7a3fb8;--good:#17764a;
--look:#8a5b00;--act:#b3261e;--bar:#cfe0f8;color-scheme:light}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}main{max-width:none;padding:0}body{font-size:11pt}
figure{border:1px solid var(--line)}h2{break-after:avoid}tr{break-inside:avoid}thead{display:table-header-group}}
`

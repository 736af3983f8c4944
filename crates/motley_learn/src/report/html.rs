//! A page as HTML.

use std::fmt::Write;

use serde_json::Value;

use super::{Block, Figure, Page, ReportError, Table, table::shown};

/// Screen, dark screen and paper. No fonts, scripts or files from elsewhere.
const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1d2126;--ground:#fff;--soft:#667;--line:#d5d9de;--card:#f4f6f8;--heat:0,114,178}
@media(prefers-color-scheme:dark){:root{--ink:#e6e8eb;--ground:#15181c;--soft:#9aa3ad;--line:#353b43;--card:#1e2329;--heat:86,180,233}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:76rem;padding:2rem 1.25rem 4rem;background:var(--ground);color:var(--ink);
font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif}
h1{font-size:1.9rem;line-height:1.2;margin:0 0 .25rem}
h2{font-size:1.3rem;margin:2.75rem 0 .75rem;padding-bottom:.3rem;border-bottom:1px solid var(--line)}
.lead{color:var(--soft);margin:0 0 1.25rem}
.facts{display:flex;flex-wrap:wrap;gap:.75rem;margin:0}
.facts div{background:var(--card);border-radius:.5rem;padding:.6rem 1rem;min-width:8rem}
.facts dt{color:var(--soft);font-size:.85rem}
.facts dd{margin:0;font-size:1.35rem;font-weight:600;font-variant-numeric:tabular-nums}
.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(9.5rem,1fr));gap:.9rem .75rem;margin:1rem 0}
.grid{display:grid;grid-template-columns:repeat(var(--columns),minmax(0,1fr));gap:.5rem;margin:1rem 0}
figure{margin:0;break-inside:avoid}
figure img{display:block;width:100%;height:auto;border-radius:.3rem;background:var(--card)}
figcaption{font-size:.8rem;line-height:1.35;color:var(--soft);margin-top:.25rem;overflow-wrap:anywhere}
.charts{display:flex;flex-wrap:wrap;gap:1rem;align-items:flex-start;margin:1rem 0}
.chart{flex:1 1 30rem;max-width:38rem;break-inside:avoid}
.chart svg{display:block;width:100%;height:auto}
.scroll{overflow-x:auto;margin:1rem 0}
table{border-collapse:collapse;font-size:.92rem;font-variant-numeric:tabular-nums}
th,td{padding:.35rem .75rem;border-bottom:1px solid var(--line);text-align:left;white-space:nowrap}
th{color:var(--soft);font-weight:600}
.number{text-align:right}
.matrix td.number{text-align:center;min-width:4.5rem;background:rgba(var(--heat),calc(var(--share)*.55))}
@media print{:root{color-scheme:light;--ink:#000;--ground:#fff;--soft:#444;--line:#bbb;--card:#f2f2f2;--heat:0,114,178}
body{max-width:none;padding:0;font-size:10.5pt}h2,.lead,h2+p{break-after:avoid}tr{break-inside:avoid}
.scroll{overflow:visible}table{font-size:7.5pt}th,td{padding:.2rem .35rem;white-space:normal}.number{white-space:nowrap}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}.figures{grid-template-columns:repeat(5,1fr)}}
";

/// The whole page.
pub(super) fn page(page: &Page) -> Result<String, ReportError> {
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>{title}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n<p class=\"lead\">{lead}</p>\n",
        title = escape(&page.title),
        lead = escape(&page.lead),
    );
    if !page.facts.is_empty() {
        out += "<dl class=\"facts\">\n";
        for (name, value) in &page.facts {
            // Writing to a string cannot fail, here and below.
            let _ = writeln!(out, "<div><dt>{}</dt><dd>{}</dd></div>", escape(name), escape(value));
        }
        out += "</dl>\n";
    }
    for section in &page.sections {
        let _ = writeln!(out, "<section>\n<h2>{}</h2>", escape(&section.title));
        let is_chart = |block: &Block| matches!(block, Block::Curve(_) | Block::Bars(_));
        // Charts that follow each other stand side by side.
        for blocks in section.blocks.chunk_by(|a, b| is_chart(a) && is_chart(b)) {
            let charts = is_chart(&blocks[0]);
            out += if charts { "<div class=\"charts\">\n" } else { "" };
            for one in blocks {
                block(&mut out, one)?;
            }
            out += if charts { "</div>\n" } else { "" };
        }
        out += "</section>\n";
    }
    out += "</body>\n</html>\n";
    Ok(out)
}

fn block(out: &mut String, block: &Block) -> Result<(), ReportError> {
    match block {
        Block::Text(text) => {
            let _ = writeln!(out, "<p>{}</p>", escape(text));
        }
        Block::Figures(figures) => pictures(out, "<div class=\"figures\">", figures),
        Block::Grid(columns, figures) => {
            pictures(out, &format!("<div class=\"grid\" style=\"--columns:{columns}\">"), figures);
        }
        Block::Curve(curve) => chart(out, &curve.themed()?),
        Block::Bars(bars) => chart(out, &bars.themed()?),
        Block::Table(rows) => table(out, rows, false),
        Block::Matrix(rows) => table(out, rows, true),
    }
    Ok(())
}

fn pictures(out: &mut String, open: &str, figures: &[Figure]) {
    let _ = writeln!(out, "{open}");
    for figure in figures {
        let (caption, alt, [width, height]) = (escape(&figure.caption), escape(&figure.alt), figure.size);
        let _ = writeln!(
            out,
            "<figure><img src=\"{}\" width=\"{width}\" height=\"{height}\" alt=\"{alt}\"><figcaption>{caption}</figcaption></figure>",
            figure.uri()
        );
    }
    *out += "</div>\n";
}

/// A size in pixels becomes a shape that fits its place.
fn chart(out: &mut String, svg: &str) {
    let size = |name: &str| {
        let start = svg.find(&format!(" {name}=\""))? + name.len() + 3;
        svg[start..].split('"').next()
    };
    let view = match (size("width"), size("height"), svg.contains("viewBox")) {
        (Some(width), Some(height), false) => format!("<svg viewBox=\"0 0 {width} {height}\""),
        _ => "<svg".to_owned(),
    };
    let _ = writeln!(out, "<div class=\"chart\">{}</div>", svg.replacen("<svg", &view, 1));
}

fn table(out: &mut String, table: &Table, matrix: bool) {
    let numeric = |column: usize| {
        table.rows.iter().all(|row| row[column].is_number() || row[column].is_null()) && !table.rows.is_empty()
    };
    let class = |column: usize| if numeric(column) { " class=\"number\"" } else { "" };
    *out += if matrix {
        "<div class=\"scroll\"><table class=\"matrix\">\n<tr>"
    } else {
        "<div class=\"scroll\"><table>\n<tr>"
    };
    for (column, name) in table.head.iter().enumerate() {
        let _ = write!(out, "<th{}>{}</th>", class(column), escape(name));
    }
    *out += "</tr>\n";
    for row in &table.rows {
        let total: f64 = row.iter().filter_map(Value::as_f64).sum();
        *out += "<tr>";
        for (column, cell) in row.iter().enumerate() {
            let share = match cell.as_f64().filter(|_| matrix && total > 0.0) {
                Some(value) => format!(" style=\"--share:{:.3}\"", value / total),
                None => String::new(),
            };
            let _ = write!(out, "<td{}{share}>{}</td>", class(column), escape(&shown(cell)));
        }
        *out += "</tr>\n";
    }
    *out += "</table></div>\n";
}

/// What could be taken for markup.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

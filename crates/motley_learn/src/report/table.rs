//! Rows and columns, in any form.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use crate::metrics::{Confusion, Evaluation, Grouping};

/// A table of cells.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Names of the columns.
    pub head: Vec<String>,
    /// Rows, as long as the head.
    pub rows: Vec<Vec<Value>>,
}

impl Table {
    /// An empty table.
    pub fn new<'a>(head: impl IntoIterator<Item = &'a str>) -> Self {
        Self { head: head.into_iter().map(str::to_owned).collect(), rows: Vec::new() }
    }

    /// Adds a row; cells that lack are empty, further ones are cut off.
    pub fn push(&mut self, mut cells: Vec<Value>) {
        cells.resize(self.head.len(), Value::Null);
        self.rows.push(cells);
    }

    /// GitHub's Markdown.
    pub fn markdown(&self) -> String {
        let escape = |text: String| text.replace('|', "\\|").replace('\n', " ");
        let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
        let mut out = line(self.head.iter().cloned().map(escape).collect());
        let numeric = |column: usize| self.rows.iter().all(|row| row[column].is_number() || row[column].is_null());
        let rules = (0..self.head.len()).map(|column| if numeric(column) { "--:" } else { "---" }.to_owned()).collect();
        out += &line(rules);
        for row in &self.rows {
            out += &line(row.iter().map(|cell| escape(shown(cell))).collect());
        }
        out
    }

    /// Columns under each other, for a terminal.
    pub fn aligned(&self) -> String {
        let numeric = |column: usize| self.rows.iter().all(|row| row[column].is_number() || row[column].is_null());
        let lines: Vec<Vec<String>> = std::iter::once(self.head.clone())
            .chain(self.rows.iter().map(|row| row.iter().map(shown).collect()))
            .collect();
        let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..self.head.len()).map(width).collect();
        let cell = |(column, text): (usize, &String)| match (widths[column], numeric(column)) {
            (width, true) => format!("{text:>width$}"),
            (width, false) => format!("{text:width$}"),
        };
        let line = |line: &Vec<String>| {
            let cells: Vec<String> = line.iter().enumerate().map(cell).collect();
            format!("{}\n", cells.join("  ").trim_end())
        };
        lines.iter().map(line).collect()
    }

    /// RFC 4180, with numbers at full length.
    pub fn csv(&self) -> String {
        let quoted = |text: &str| {
            if text.contains([',', '"', '\n', '\r']) {
                format!("\"{}\"", text.replace('"', "\"\""))
            } else {
                text.to_owned()
            }
        };
        let plain = |cell: &Value| match cell {
            Value::Null => String::new(),
            Value::String(text) => quoted(text),
            other => quoted(&other.to_string()),
        };
        let mut out = String::new();
        let lines = std::iter::once(self.head.iter().map(|name| quoted(name)).collect::<Vec<_>>())
            .chain(self.rows.iter().map(|row| row.iter().map(plain).collect()));
        for line in lines {
            // Writing to a string cannot fail.
            let _ = write!(out, "{}\r\n", line.join(","));
        }
        out
    }

    /// A list of objects.
    pub fn json(&self) -> Value {
        let object = |row: &Vec<Value>| self.head.iter().cloned().zip(row.iter().cloned()).collect::<Map<_, _>>();
        Value::Array(self.rows.iter().map(|row| Value::Object(object(row))).collect())
    }
}

/// A cell for people: fractions with four digits at most.
pub(super) fn shown(cell: &Value) -> String {
    match cell {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Number(number) if number.is_f64() => {
            let text = format!("{:.4}", number.as_f64().unwrap_or(0.0));
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        other => other.to_string(),
    }
}

/// One row for each test set.
pub fn summary_table(tests: &[Evaluation]) -> Table {
    let classes: Vec<&str> =
        tests.first().into_iter().flat_map(|t| t.classes.iter().map(|c| c.class.as_str())).collect();
    let head = ["test", "n", "accuracy", "low", "high", "aar", "auc", "ece"].into_iter().chain(classes.iter().copied());
    let mut table = Table::new(head);
    for Evaluation { summary, auc, .. } in tests {
        let mut row = vec![
            json!(summary.test),
            json!(summary.n),
            json!(summary.accuracy),
            json!(summary.ci95[0]),
            json!(summary.ci95[1]),
            json!(summary.aar),
            json!(auc),
            json!(summary.ece),
        ];
        row.extend(summary.per_class.iter().map(|(_, accuracy)| json!(accuracy)));
        table.push(row);
    }
    table
}

/// One row for each true class, one column for each predicted one.
pub fn confusion_table(confusion: &Confusion) -> Table {
    let mut table = Table::new(std::iter::once("is, called →").chain(confusion.classes.iter().map(String::as_str)));
    for (class, counts) in confusion.classes.iter().zip(&confusion.counts) {
        table.push(std::iter::once(json!(class)).chain(counts.iter().map(|count| json!(count))).collect());
    }
    table
}

/// One row for each group of each fact.
pub fn groups_table(groupings: &[Grouping]) -> Table {
    let mut table = Table::new(["parameter", "value", "n", "accuracy", "low", "high"]);
    for grouping in groupings {
        for group in &grouping.groups {
            let result = &group.result;
            let [low, high] = result.ci95;
            let cells = [json!(grouping.fact), json!(group.label), json!(result.n), json!(result.accuracy)];
            table.push(cells.into_iter().chain([json!(low), json!(high)]).collect());
        }
    }
    table
}

/// One row for each mistake.
pub fn mistakes_table(evaluation: &Evaluation) -> Table {
    let scores = evaluation.confusion.classes.iter().map(String::as_str);
    let mut table = Table::new(["picture", "is", "called", "confidence"].into_iter().chain(scores));
    for mistake in &evaluation.mistakes {
        let mut row =
            vec![json!(mistake.name), json!(mistake.truth), json!(mistake.predicted), json!(mistake.confidence)];
        row.extend(mistake.scores.iter().map(|score| json!(score)));
        table.push(row);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(["name", "share"]);
        table.push(vec![json!("a|b, \"c\""), json!(0.123_456)]);
        table.push(vec![json!("d")]);
        table
    }

    #[test]
    fn every_form() {
        assert_eq!(table().markdown(), "| name | share |\n| --- | --: |\n| a\\|b, \"c\" | 0.1235 |\n| d |  |\n");
        assert_eq!(table().aligned(), "name       share\na|b, \"c\"  0.1235\nd\n");
        assert_eq!(table().csv(), "name,share\r\n\"a|b, \"\"c\"\"\",0.123456\r\nd,\r\n");
        assert_eq!(table().json(), json!([{"name": "a|b, \"c\"", "share": 0.123_456}, {"name": "d", "share": null}]));
        assert_eq!([json!(1.0), json!(7), json!(0.5)].map(|cell| shown(&cell)), ["1", "7", "0.5"]);
    }
}

//! Putting text into HTML, so that no text can become markup: for the simulator's pages and for documents.

/// A piece of HTML. The only ways to make one are escaping text and filling a template.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Html(String);

impl Html {
    /// Text from anywhere.
    pub fn text(text: &str) -> Self {
        let mut html = String::with_capacity(text.len());
        for character in text.chars() {
            match character {
                '&' => html.push_str("&amp;"),
                '<' => html.push_str("&lt;"),
                '>' => html.push_str("&gt;"),
                '"' => html.push_str("&quot;"),
                '\'' => html.push_str("&#39;"),
                other => html.push(other),
            }
        }
        Self(html)
    }

    /// Markup that is part of the program, with `{{name}}` where a part goes. A part is never read again, so
    /// braces in a text stay braces.
    pub fn fill(template: &'static str, parts: &[(&str, Html)]) -> Self {
        let mut html = String::new();
        let mut rest = template;
        while let Some((before, name, after)) = next_slot(rest) {
            html.push_str(before);
            let part = parts.iter().find(|(known, _)| *known == name);
            debug_assert!(part.is_some(), "nothing to put at {name}");
            if let Some((_, part)) = part {
                html.push_str(&part.0);
            }
            rest = after;
        }
        html.push_str(rest);
        Self(html)
    }

    /// Markup that is part of the program, as it stands.
    pub fn fixed(markup: &'static str) -> Self {
        Self(markup.to_owned())
    }

    /// The markup.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl FromIterator<Html> for Html {
    fn from_iter<T: IntoIterator<Item = Html>>(pieces: T) -> Self {
        Self(pieces.into_iter().map(Html::into_string).collect())
    }
}

fn next_slot(template: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = template.split_once("{{")?;
    let (name, after) = rest.split_once("}}")?;
    Some((before, name, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_never_becomes_markup() {
        let html = Html::text(r#"<script>alert('1' & "2")</script>"#).into_string();
        assert_eq!(
            html,
            "&lt;script&gt;alert(&#39;1&#39; &amp; &quot;2&quot;)&lt;/script&gt;"
        );
    }

    #[test]
    fn a_part_is_not_read_again() {
        let parts = [("a", Html::text("{{b}}")), ("b", Html::text("secret"))];
        let html = Html::fill("<p>{{a}}</p>{{b}}", &parts).into_string();
        assert_eq!(html, "<p>{{b}}</p>secret");
    }
}

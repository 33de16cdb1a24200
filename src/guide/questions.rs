//! Questions with a few answers each, gone through with arrows and Enter.

/// A question and its answers; the first answer is the likeliest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The question.
    pub text: String,
    /// Its answers.
    pub answers: Vec<String>,
}

impl Question {
    /// A question with its answers.
    pub fn new(text: impl Into<String>, answers: &[&str]) -> Self {
        Self {
            text: text.into(),
            answers: answers.iter().map(|answer| (*answer).to_owned()).collect(),
        }
    }
}

/// The answers picked so far, and which question has the focus.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picks {
    picked: Vec<usize>,
    focus: usize,
}

impl Picks {
    /// The picked answer of a question; the first one until another was picked.
    pub fn answer(&self, question: usize) -> usize {
        self.picked.get(question).copied().unwrap_or(0)
    }

    /// Whether an answer to a question was picked.
    pub fn is_picked(&self, question: usize) -> bool {
        question < self.picked.len()
    }

    /// Picks an answer.
    pub fn pick(&mut self, question: usize, answer: usize) {
        if self.picked.len() <= question {
            self.picked.resize(question + 1, 0);
        }
        self.picked[question] = answer;
    }

    /// Which question has the focus.
    pub fn focus(&self) -> usize {
        self.focus
    }

    /// Picks the answer above, of the same question: who passes through must not change what was answered elsewhere.
    pub fn up(&mut self) {
        if let Some(above) = self.answer(self.focus).checked_sub(1) {
            self.pick(self.focus, above);
        }
    }

    /// Picks the answer below, of the same question.
    pub fn down(&mut self, questions: &[Question]) {
        let answer = self.answer(self.focus);
        let count = questions
            .get(self.focus)
            .map_or(0, |question| question.answers.len());
        if answer + 1 < count {
            self.pick(self.focus, answer + 1);
        }
    }

    /// Picks an answer of any question, and goes there.
    pub fn choose(&mut self, question: usize, answer: usize, questions: &[Question]) {
        let answers = questions
            .get(question)
            .map_or(0, |question| question.answers.len());
        if answer < answers {
            self.focus = question;
            self.pick(question, answer);
        }
    }

    /// Goes on to the next question; says whether there was one.
    pub fn next(&mut self, questions: &[Question]) -> bool {
        let more = self.focus + 1 < questions.len();
        if more {
            self.focus += 1;
        }
        more
    }

    /// Goes back to the question before; says whether there was one.
    pub fn previous(&mut self) -> bool {
        let before = self.focus.checked_sub(1);
        self.focus = before.unwrap_or(0);
        before.is_some()
    }

    /// Brings the focus back to the first question.
    pub fn rewind(&mut self) {
        self.focus = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn questions() -> Vec<Question> {
        vec![
            Question::new("a", &["1", "2"]),
            Question::new("b", &["1", "2", "3"]),
        ]
    }

    #[test]
    fn arrows_pass_through_the_answers_of_a_question_and_stop_at_its_ends() {
        let questions = questions();
        let mut picks = Picks::default();
        assert!(picks.next(&questions));
        for _ in 0..9 {
            picks.down(&questions);
        }
        assert_eq!((picks.focus(), picks.answer(0), picks.answer(1)), (1, 0, 2));
        for _ in 0..9 {
            picks.up();
        }
        assert_eq!((picks.focus(), picks.answer(0), picks.answer(1)), (1, 0, 0));
    }

    #[test]
    fn going_back_changes_no_answer() {
        let questions = questions();
        let mut picks = Picks::default();
        picks.choose(1, 2, &questions);
        assert!(picks.previous());
        assert!(!picks.previous());
        assert_eq!((picks.focus(), picks.answer(1)), (0, 2));
    }

    #[test]
    fn after_the_last_question_there_is_no_next() {
        let questions = questions();
        let mut picks = Picks::default();
        assert!(picks.next(&questions));
        assert!(!picks.next(&questions));
    }
}

//! Settings that are words, `padding_mode = zeros | reflect`: inside, a word is a number that nobody writes, the
//! same for a word wherever it stands.

/// What a word is made of; no word has more letters than fit into an exact number.
const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz_";
const MOST_LETTERS: usize = 11;

/// All of them lie below this one, which is less than any size or integer constant.
const GREATEST: f64 = -8_589_934_592.0;

/// The number that stands for a word, if it can be one.
pub fn number_of_word(word: &str) -> Option<f64> {
    let base = LETTERS.len() as f64 + 1.0;
    let fits = (1..=MOST_LETTERS).contains(&word.len());
    let digits = word.chars().map(|letter| LETTERS.find(letter).map(|at| at as f64 + 1.0));
    let code = digits.rev().try_fold(0.0, |code, digit| Some(code * base + digit?))?;
    fits.then_some(GREATEST - code)
}

/// The word that a number stands for, if it does.
pub fn word_of_number(number: f64) -> Option<String> {
    let base = LETTERS.len() as f64 + 1.0;
    let mut code = GREATEST - number;
    let mut word = String::new();
    while code >= 1.0 && word.len() < MOST_LETTERS {
        let digit = LETTERS.chars().enumerate().find(|(at, _)| *at as f64 + 1.0 == code % base);
        word.push(digit?.1);
        code = (code / base).floor();
    }
    (code == 0.0 && !word.is_empty()).then_some(word)
}

/// A number as it is written: a word where it stands for one.
pub fn written(number: f64) -> String {
    word_of_number(number).unwrap_or_else(|| number.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_comes_back_from_its_number() {
        for word in ["a", "z", "_", "same", "zeros", "replicate", "zzzzzzzzzzz", "___________"] {
            let number = number_of_word(word).unwrap();
            assert!(number < -f64::from(i32::MAX) && number > -9_007_199_254_740_992.0);
            assert_eq!(word_of_number(number).as_deref(), Some(word));
            assert_eq!(written(number), word);
        }
        for none in ["", "Same", "s1", "ümlaut", "twelveletter"] {
            assert_eq!(number_of_word(none), None);
        }
        for none in [0.0, -1.0, GREATEST, GREATEST - 0.5, GREATEST - 28.0, 1e300, -1e300, f64::NAN]
        {
            assert_eq!(word_of_number(none), None);
        }
    }
}

//! The nearest name, for errors.

/// `; did you mean …?`, or the names there are.
pub fn suggestion(name: &str, known: &[String]) -> String {
    let distance = |candidate: &String| strsim::damerau_levenshtein(name, candidate);
    match known.iter().min_by_key(|candidate| distance(candidate)) {
        Some(nearest) if distance(nearest) <= name.len().div_ceil(3) => {
            format!("; did you mean `{nearest}`?")
        }
        Some(only) if known.len() == 1 => format!("; there is only `{only}`"),
        Some(_) => {
            let all: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
            format!("; there are {}", all.join(", "))
        }
        None => String::new(),
    }
}

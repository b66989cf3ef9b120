//! The nearest name, for errors.

/// The name that was meant, if one is near; capitals, as in PyTorch's `ReLU`, make no difference.
pub fn nearest<'a>(name: &str, known: &'a [String]) -> Option<&'a String> {
    let distance = |candidate: &String| {
        let exact = strsim::damerau_levenshtein(name, candidate);
        let [name, candidate] = [name, candidate].map(str::to_lowercase);
        exact.min(1 + strsim::damerau_levenshtein(&name, &candidate))
    };
    let near = known.iter().min_by_key(|candidate| distance(candidate));
    near.filter(|near| distance(near) <= name.len().div_ceil(3))
}

/// `; did you mean …?`, or the names there are.
pub fn suggestion(name: &str, known: &[String]) -> String {
    if let Some(near) = nearest(name, known) {
        return format!("; did you mean `{near}`?");
    }
    match known {
        [] => String::new(),
        [only] => format!("; there is only `{only}`"),
        all => {
            let all: Vec<String> = all.iter().map(|name| format!("`{name}`")).collect();
            format!("; there are {}", all.join(", "))
        }
    }
}

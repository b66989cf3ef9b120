//! What the losses add up.

use super::{SLICE, Writer};

type Term = (String, String);

fn term(declared: &str, torch: &str) -> Term {
    (declared.to_owned(), torch.to_owned())
}

/// An element of each sample that a class chooses, in PyTorch.
fn chosen(array: &str, class: &str) -> String {
    format!("chosen({array}, {class})")
}

impl Writer<'_> {
    const TERMS: [fn(&mut Self) -> Term; 19] = [
        Self::masked_steps,
        Self::ignored_class,
        Self::value_of_class,
        Self::cross_entropy,
        Self::of_numbers,
        Self::slice,
        Self::constant_places,
        Self::greatest,
        Self::products,
        Self::pairs,
        Self::contrast,
        Self::same_class,
        Self::clipped,
        Self::scaled,
        Self::target_of_class,
        Self::backwards,
        Self::logistic,
        Self::slope,
        Self::part_of_each,
    ];

    pub fn term(&mut self) -> Term {
        (self.choices.pick(&Self::TERMS))(self)
    }

    /// Cross-entropy of the steps that count.
    fn masked_steps(&mut self) -> Term {
        self.reads(&["p", "tag", "mask"]);
        self.once("log_p", "log_p[s, c] = log_softmax(p)[s, c]", "log_p = p.log_softmax(2)");
        term(
            "-sum(s: if mask[s] > 0 { log_p[s, tag[s]] } else { 0 }) / (1 + sum(s: mask[s]^2))",
            "-torch.where(mask > 0, chosen(log_p, tag), 0.0).sum(1) / (1 + (mask**2).sum(1))",
        )
    }

    fn ignored_class(&mut self) -> Term {
        self.reads(&["p", "tag"]);
        term(
            "mean(s: if tag[s] == 2 { 0 } else { p[s, tag[s]]^2 })",
            "torch.where(tag == 2, 0.0, chosen(p, tag) ** 2).mean(1)",
        )
    }

    fn value_of_class(&mut self) -> Term {
        self.reads(&["v", "label", "t"]);
        let value = chosen("v", "label");
        if self.choices.one_in(2) {
            let torch = format!("functional.huber_loss({value}, t, reduction='none', delta=0.3)");
            return term("huber(delta = 0.3)(v[label], t)", &torch);
        }
        let torch = format!("functional.smooth_l1_loss({value}, t, reduction='none')");
        term("smooth_l1(v[label], t)", &torch)
    }

    /// The built-in loss, whose weights for classes and mean are its own.
    fn cross_entropy(&mut self) -> Term {
        self.reads(&["v", "label"]);
        if self.choices.one_in(2) {
            return term(
                "cross_entropy(label_smoothing = 0.2)(v, label)",
                "functional.cross_entropy(v, label, reduction='none', label_smoothing=0.2)",
            );
        }
        term("cross_entropy(v, label)", "functional.cross_entropy(v, label, reduction='none')")
    }

    /// Another loss, of each number.
    fn of_numbers(&mut self) -> Term {
        self.reads(&["v", "r"]);
        let (declared, torch) = *self.choices.pick(&[
            ("mean_squared_error", "mse_loss(v, r, reduction='none')"),
            ("mean_absolute_error", "l1_loss(v, r, reduction='none')"),
            ("soft_margin", "softplus(-r * v)"),
            ("poisson_nll", "poisson_nll_loss(v, r, reduction='none')"),
        ]);
        term(&format!("mean(n: {declared}(v[n], r[n]))"), &format!("functional.{torch}.mean(1)"))
    }

    fn slice(&mut self) -> Term {
        self.reads(&["v"]);
        self.once("step", "step[k: 4] = v[k + 1] - v[k]", "step = v[:, 1:] - v[:, :-1]");
        term("sum(k: step[k]^2)", "(step**2).sum(1)")
    }

    fn constant_places(&mut self) -> Term {
        self.reads(&["v", "p", "q"]);
        term("v[2] * q - p[1, 0] * p[0, 2]", "v[:, 2] * q - p[:, 1, 0] * p[:, 0, 2]")
    }

    fn greatest(&mut self) -> Term {
        self.reads(&["v", "p"]);
        term(
            "max(n: v[n]) * min(s, c: p[s, c]) + max(c: p[1, c])",
            "v.amax(1) * p.amin((1, 2)) + p[:, 1].amax(1)",
        )
    }

    fn products(&mut self) -> Term {
        self.reads(&["v", "mask"]);
        term("prod(n: 1 + 0.2 * v[n]) * prod(s: mask[s])", "(1 + 0.2 * v).prod(1) * mask.prod(1)")
    }

    /// Of two samples.
    fn pairs(&mut self) -> Term {
        self.reads(&["q", "t"]);
        term(
            "mean(m in batch: (q - q[m])^2 * abs(t - t[m]))",
            "((q[:, None] - q) ** 2 * (t[:, None] - t).abs()).mean(1)",
        )
    }

    fn contrast(&mut self) -> Term {
        self.reads(&["v"]);
        term(
            "ln(sum(m in batch: exp(0.3 * sum(n: v[n] * v[m, n]))))",
            "(0.3 * v @ v.T).logsumexp(1)",
        )
    }

    fn same_class(&mut self) -> Term {
        self.reads(&["q", "label"]);
        term(
            "mean(m in batch: if label[m] == label { (q - q[m])^2 } else { 0 })",
            "torch.where(label[:, None] == label, (q[:, None] - q) ** 2, 0.0).mean(1)",
        )
    }

    fn clipped(&mut self) -> Term {
        self.reads(&["q", "t"]);
        let a = self.setting("a");
        term(
            "min(exp(q) * t, clamp(exp(q), 1 - a, 1 + a) * t)",
            &format!("torch.minimum(q.exp() * t, q.exp().clamp(1 - {a}, 1 + {a}) * t)"),
        )
    }

    /// A setting with a number for each output.
    fn scaled(&mut self) -> Term {
        self.reads(&["v", "label", "q", SLICE]);
        let b = self.setting("b");
        term(
            &format!("{SLICE}[label] * b * q^2 + sum(n: {SLICE}[n] * v[n])"),
            &format!("{SLICE}[label] * {b} * q**2 + ({SLICE} * v).sum(1)"),
        )
    }

    fn target_of_class(&mut self) -> Term {
        self.reads(&["v", "r", "label"]);
        let torch = format!("{} * {}", chosen("r", "label"), chosen("v", "label"));
        term("r[label] * v[label]", &torch)
    }

    fn backwards(&mut self) -> Term {
        self.reads(&["v", "r"]);
        term("sum(n: v[n] * r[4 - n])", "(v * r.flip(1)).sum(1)")
    }

    fn logistic(&mut self) -> Term {
        self.reads(&["q", "t"]);
        term("softplus(q) - t * q", "functional.softplus(q) - t * q")
    }

    /// A derivative.
    fn slope(&mut self) -> Term {
        self.reads(&["v", "r"]);
        self.once("energy", "energy = sum(n: v[n]^3)", "slope = 3 * v**2");
        self.once("slope", "slope = d(energy, v)", "");
        term("sum(n: slope[n] * r[n])", "(slope * r).sum(1)")
    }

    /// A reduction over some of the axes.
    fn part_of_each(&mut self) -> Term {
        self.reads(&["p", "mask"]);
        self.once(
            "rows",
            "rows[s] = ln(1 + sum(c: p[s, c]^2))",
            "rows = (1 + (p**2).sum(2)).log()",
        );
        term("sum(s: mask[s] * rows[s])", "(mask * rows).sum(1)")
    }
}

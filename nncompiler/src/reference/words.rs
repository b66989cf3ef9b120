//! Words of the language that no text of the library defines: each with what it means.

/// A word, and its documentation.
pub type Word = (&'static str, &'static str);

/// Functions of several numbers, functions over indices, and constants.
pub const FUNCTIONS: &[Word] = &[
    (
        "sum",
        "The sum over indices: `y[o] = sum(i: w[o, i] * x[i]);`\n\nA sum of products is computed as a \
         matrix product wherever it stands. Its gradient: `dw[o, i] = dy[o]·x[i]`, summed over the batch.",
    ),
    (
        "mean",
        "The mean over indices: `m[c] = mean(h, w: x[c, h, w]);`, or over the samples, \
         `mean(batch: x[i])`.\n\nThe gradient on each number is the result's, divided by how many there are.",
    ),
    ("prod", "The product over indices: `y = prod(i: x[i]);`"),
    (
        "max",
        "The greater of two numbers, `max(x, 0)`, or the greatest over indices, `max(i: x[i])`.\n\nOf \
         equal numbers over indices, the first has the gradient; at a tie with a constant it is 0.",
    ),
    (
        "min",
        "The lesser of two numbers, `min(x, 6)`, or the least over indices, `min(i: x[i])`.\n\nOf equal \
         numbers over indices, the first has the gradient; at a tie with a constant it is 0.",
    ),
    ("clamp", "`clamp(x, low, high)`: x, but at least `low` and at most `high`."),
    ("lerp", "`lerp(a, b, weight)`: a + weight·(b − a), reckoned from the nearer end."),
    ("stop", "`stop(x)`: the value x, through which no gradient flows."),
    (
        "random",
        "`random()`: a number in [0, 1), another for each element and step, counted from the seed of the \
         pass.",
    ),
    (
        "d",
        "`d(u, x)`: the derivative of u by x, each number by each. It is a value like any other: it can be \
         differentiated again, and trained through.",
    ),
    ("len", "`len(N)`: how many numbers a size `N[..]` has."),
    ("rank", "`rank(x)`: how many axes the input x of a layer has."),
    ("total", "`total(N)`: the sum of the numbers of a size `N[..]`."),
    ("pi", "The constant π."),
    ("infinity", "The bound of a range that has none: `eps = 1e-6 in 0..=infinity`."),
    (
        "batch",
        "The index of the samples, which every array has without being told: `mean(batch: x[i])`.",
    ),
    (
        "training",
        "`if training { … } else { … }`: what holds in `forward_batch`, and what in `forward` and `evaluate`.",
    ),
    ("step", "In an optimizer, the number of the step, from 1."),
];

/// How a parameter or a state begins.
pub const INITIALISATIONS: &[Word] = &[
    ("uniform", "`uniform(bound)`: equally likely anywhere in [−bound, bound)."),
    ("normal", "`normal(deviation)`: normally distributed around 0 with this standard deviation."),
    ("constant", "`constant(value)`: all numbers are this one."),
    ("zeros", "`zeros()`: all numbers are 0."),
    ("ones", "`ones()`: all numbers are 1."),
];

/// What begins an item, a group of layers or a statement.
pub const STATEMENTS: &[Word] = &[
    (
        "activation",
        "An elementwise function: `activation swish(x; learn beta = 1) = x * sigmoid(beta * x);`",
    ),
    (
        "layer",
        "A layer in index notation: `layer f(I, O; a = 1) { input x[i: I]; …; y[o] = …; }`. Sizes; settings. \
         The last statement makes the output.",
    ),
    ("loss", "A loss: `pub loss f(outputs; targets; settings) = …;`. Its type is `F`."),
    (
        "optimizer",
        "What a step makes of one parameter w, given its gradient g: \
         `pub optimizer f(w, g; lr = 0.1) { w <- w - lr * g; }`. Its type is `F`.",
    ),
    (
        "block",
        "Layers under one name, for use in several places: `block b< linear(8); relu >`, then `b;`.",
    ),
    (
        "input",
        "An input and its axes, `input x[c: C, h: H, w: W];`, or, first of all layers, the shape of the \
         network's input: `input(28, 28)`.",
    ),
    (
        "output",
        "What a network puts out, once or several times: `output y = linear(4)(h);` or `output h;`. In a layer, \
         the arrays that it puts out, if not the one that its last statement makes: `output y, h_n;`",
    ),
    (
        "param",
        "A parameter, which an optimizer moves, and how it begins: \
         `param weight[o: O, i: I] ~ uniform(1 / sqrt(I));`. `as \"key\"` says what files call it; \
         `when bias else 0` leaves it out where the setting `bias` is 0.",
    ),
    (
        "state",
        "What training moves without a gradient: `state m[i: I] ~ zeros();` with its next value, \
         `m[i] <- 0.9 * m[i] + 0.1 * mean(batch: x[i]);`. Of an optimizer, what it keeps for each parameter.",
    ),
    (
        "index",
        "The extents of indices, for all statements: `index g: G, k: C / G;`. Behind an input: it holds integers \
         below V, which choose elements, `input token[s: S]: index(V);`",
    ),
    (
        "require",
        "What sizes or settings must be to each other: `require G divides C;`, `require K <= H;`",
    ),
    (
        "scan",
        "Statements step by step, each seeing those before: `scan t { h[t, i] = tanh(x[t, i] + h[t - 1, i]); }`",
    ),
    ("learn", "A setting that training moves: `learn beta = 1`."),
    (
        "residual",
        "The sum of layers and their input, `residual { a; b }`, or of two ways, `residual { a } shortcut { b }`.",
    ),
    ("shortcut", "The second way of `residual { a } shortcut { b }`."),
    (
        "parallel",
        "Layers from one input: `parallel { a; { b; c } }` joins what they make along the first axis, `parallel(sum)` adds it.",
    ),
    (
        "repeat",
        "The same layers again, with parameters of their own: `repeat i in 0..4 { a; b }`. In a layer, the same \
         statements once for each number: `repeat l in 0..num_layers { param w[i: I] ~ ones(); …; }`",
    ),
    ("reuse", "A label's layers once more, with the same parameters: `reuse encoder;`"),
];

/// Those that stand in a chain.
pub const GROUPS: [&str; 6] = ["input", "residual", "shortcut", "parallel", "repeat", "reuse"];

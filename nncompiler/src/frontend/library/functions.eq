// The elementary functions and their derivatives, in terms of the argument x and the value y.
// Each is a method of the same name on nncore's `Real`, and a row of `evaluate` in ir/expression.rs.

/// e to the power of x.
function exp(x) derivative y;

/// e to the power of x, less 1, exact for small x.
function exp_m1(x) derivative exp(x);

/// The natural logarithm.
function ln(x) derivative 1 / x;

/// The natural logarithm of 1 + x, exact for small x.
function ln_1p(x) derivative 1 / (1 + x);

/// The square root.
function sqrt(x) derivative 1 / (2 * y);

/// The sine.
function sin(x) derivative cos(x);

/// The cosine.
function cos(x) derivative -sin(x);

/// The tangent.
function tan(x) derivative 1 + y^2;

/// The angle whose tangent is x.
function atan(x) derivative 1 / (1 + x^2);

/// The hyperbolic tangent.
function tanh(x) derivative 1 - y^2;

/// The logistic function, 1/(1 + e^−x).
function sigmoid(x) derivative y * (1 - y);

/// The smooth rectifier ln(1 + e^x).
function softplus(x) derivative sigmoid(x);

/// The error function, 2/√π times the integral of e^(−t²) from 0 to x.
function erf(x) derivative 2 / sqrt(pi) * exp(-x^2);

/// 1 less the error function, exact in the tail.
function erfc(x) derivative -2 / sqrt(pi) * exp(-x^2);

/// The absolute value; its derivative at 0 is 0.
function abs(x) derivative sign(x);

/// 1 above 0, −1 below, and 0 at 0.
function sign(x) derivative 0;

// The elementary functions and their derivatives, in terms of the argument x and the value y.
// Each is a method of the same name on nncore's `Real`, and a row of `evaluate` in scalar.rs.

function exp(x)      derivative y;
function exp_m1(x)   derivative exp(x);
function ln(x)       derivative 1 / x;
function ln_1p(x)    derivative 1 / (1 + x);
function sqrt(x)     derivative 1 / (2 * y);
function sin(x)      derivative cos(x);
function cos(x)      derivative -sin(x);
function tan(x)      derivative 1 + y^2;
function atan(x)     derivative 1 / (1 + x^2);
function tanh(x)     derivative 1 - y^2;
function sigmoid(x)  derivative y * (1 - y);
function softplus(x) derivative sigmoid(x);
function erf(x)      derivative 2 / sqrt(pi) * exp(-x^2);
function erfc(x)     derivative -2 / sqrt(pi) * exp(-x^2);
function abs(x)      derivative sign(x);
function sign(x)     derivative 0;

// Constant factors gather in front, tried like the rules of algebra.eq, in derivatives alone: the
// same to within a rounding, but not where an equation was written so as not to overflow.

a * (b * u) => (a * b) * u;
(a * u) * v => a * (u * v);
(u / b) * v => (u * v) / b;
(a * u) / b => (a / b) * u;
a * (u / b) => (a / b) * u;

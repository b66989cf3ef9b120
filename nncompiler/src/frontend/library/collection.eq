// Constant factors gather in front, tried like the rules of algebra.eq, in derivatives alone: the
// same to within a rounding, but not where an equation was written so as not to overflow.

a * (b * u) => (a * b) * u;
(a * u) * v => a * (u * v);
(u / b) * v => (u * v) / b;
(a * u) / b => (a / b) * u;
a * (u / b) => (a / b) * u;
u * (1 / v) => u / v;

// Like terms, and neighbouring factors. Factors that stand apart stay so: in x*exp(-x^2)*x the
// zero keeps x^2 from being infinity times zero.
u + u             => 2 * u;
a * u + u         => (a + 1) * u;
a * u + b * u     => (a + b) * u;
(v + a * u) + b * u => v + (a + b) * u;
u * u             => u ^ 2;
u ^ 2 * u         => u ^ 3;
u ^ 3 * u         => u ^ 4;

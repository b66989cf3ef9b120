// Stable forms, tried like the rules of algebra.eq.
// The left side overflows, cancels or divides infinities where the right does not.

exp_m1(u) / (1 + exp(u)) => tanh(u / 2);
(exp(u) - exp(-u)) / (exp(u) + exp(-u)) => tanh(u);
1 / (1 + exp(-u))     => sigmoid(u);
1 / (1 + exp(u))      => sigmoid(-u);
exp(u) / (1 + exp(u)) => sigmoid(u);
exp(u) * exp(v)       => exp(u + v);
v / (1 + exp(-u))     => v * sigmoid(u);
v / (1 + exp(u))      => v * sigmoid(-u);
sigmoid(u) / (1 - sigmoid(u)) => exp(u);
(1 - sigmoid(u)) / sigmoid(u) => exp(-u);
ln(sigmoid(u))        => -softplus(-u);
ln(1 - sigmoid(u))    => -softplus(u);
ln(1 + exp(u))        => softplus(u);
ln(1 + u)             => ln_1p(u);
ln(1 - u)             => ln_1p(-u);
ln_1p(exp(u))         => softplus(u);
ln_1p(-sigmoid(u))    => -softplus(u);
ln(exp(u))            => u;
ln(exp(u) / v)        => u - ln(v);
ln(exp_m1(u))         => u + ln(-exp_m1(-u));
exp(u) - 1            => exp_m1(u);
1 - exp(u)            => -exp_m1(u);
1 + erf(u)            => erfc(-u);
1 - erf(u)            => erfc(u);
sqrt(u ^ 2)           => abs(u);

// What an output y tells of its input: a derivative that reads y instead of the input saves memory.
y = max(u, a): u <= a => y <= a;
y = min(u, a): u >= a => y >= a;
y = if u > 0 { u } else { c * u }: u > 0 => y > 0;

// What people rather read, tried like the rules of algebra.eq on what is explained, and nowhere else.

0 * u => 0;
u / v * exp(w) => u * (exp(w) / v);
(if p { -u } else { 0 }) + u * w => u * (w - (if p { 1 } else { 0 }));

// Algebra: simplifications, tried in this order at every node, children first, until none applies.
// a and b stand for constants, c for one above 0, every other letter for any expression; `+`, `*`, `max` and `min`
// match in either order. The right side is never longer to compute than the left.
//
// Floating point forbids x*0 => 0, x - x => 0 and x/x => 1: they would lose a NaN or an infinity.
// A zero that a derivative puts into an untaken branch is different: it may annihilate.

// Neutral elements.
u + 0 => u;
u - 0 => u;
0 - u => -u;
u * 1 => u;
u / 1 => u;
u ^ 1 => u;
u ^ 0 => 1;

// Signs.
u * -1 => -u;
-(-u) => u;
u + -v => u - v;
u - -v => u + v;
-u * v => -(u * v);
-u / v => -(u / v);
u / -v => -(u / v);
(-u) ^ 2 => u ^ 2;

-(a * u) => (-a) * u;

// A choice comes last, so that an untaken branch never reaches a gradient.
if p { u } else { u } => u;
-(if p { u } else { 0 }) => if p { -u } else { 0 };
-(if p { 0 } else { u }) => if p { 0 } else { -u };
(if p { u } else { 0 }) * v => if p { u * v } else { 0 };
(if p { 0 } else { u }) * v => if p { 0 } else { u * v };
(if p { u } else { 0 }) / v => if p { u / v } else { 0 };
(if p { 0 } else { u }) / v => if p { 0 } else { u / v };
(if p { u } else { v }) + (if p { w } else { z }) => if p { u + w } else { v + z };
(if p { u } else { if q { w } else { 0 } }) * v => if p { u * v } else { if q { w * v } else { 0 } };
(if p { u } else { if q { w } else { 0 } }) / v => if p { u / v } else { if q { w / v } else { 0 } };
(if p { if q { w } else { 0 } } else { u }) * v => if p { if q { w * v } else { 0 } } else { u * v };
(if p { if q { w } else { 0 } } else { u }) / v => if p { if q { w / v } else { 0 } } else { u / v };
((if p { u } else { 0 }) + (if q { w } else { 0 })) * v => (if p { u * v } else { 0 }) + (if q { w * v } else { 0 });
((if p { u } else { 0 }) + (if q { 0 } else { w })) * v => (if p { u * v } else { 0 }) + (if q { 0 } else { w * v });
((if p { 0 } else { u }) + (if q { 0 } else { w })) * v => (if p { 0 } else { u * v }) + (if q { 0 } else { w * v });
((if p { u } else { 0 }) + (if q { w } else { 0 })) / v => (if p { u / v } else { 0 }) + (if q { w / v } else { 0 });
((if p { u } else { 0 }) + (if q { 0 } else { w })) / v => (if p { u / v } else { 0 }) + (if q { 0 } else { w / v });
((if p { 0 } else { u }) + (if q { 0 } else { w })) / v => (if p { 0 } else { u / v }) + (if q { 0 } else { w / v });

//! Declarations that the macro accepts, from its tests' grammar: they compile.
//!
//! Recorded by `UPDATE_ACCEPTED=1 cargo test -p nncompiler`.

#![allow(dead_code, unused, deprecated, missing_docs)]
#![allow(non_camel_case_types, non_snake_case, non_upper_case_globals)]

mod a0 {
    ::tapeless::network! {
        const N: usize = 2;
         layer p2(I; dim = 1) { input x[..dim, i: I, ..]; m[..dim, ..] = mean(i: x[..dim, i, ..]); y[..dim, i, ..] = x[..dim, i, ..] - m[..dim, ..]; }
         block outputs< linear(2); Agent70: residual { linear(N) } >
         total78< input(N); min24: residual { tanh }; linear(N + 1) >
    }
}

mod a1 {
    ::tapeless::network! {
        const N: usize = 2;
        optimizer a29(w, g; lr = 1e-3 in 0..infinity, a = 0.9 in 0..1, flag = false, decay = 0) { require a > lr when flag; state self48; state p275 ~ constant(a) when decay != 0; state count; d = if decay != 0 { g + decay * w } else { g }; count <- count + 1; self48 <- a * self48 + (1 - a) * d; p275 <- max(p275, self48); w <- w - lr / (1 - a^step) * self48 / (sqrt(p275) + 1e-8) - (if flag { (tanh(lr))^2 } else { 0 }) * count; }
        /// Text.
         layer Net1(I) { input x[.., i: I]; input mask[i: I] = 1; param λ17[o: 2 * I, i: I] ~ normal(0.1); g[.., o] = sum(i: λ17[o, i] * x[.., i] * mask[i]); y[.., i] = g[.., i] * sigmoid(g[.., i + I]); rest[.., i] = x[.., i]^2; output y, rest; }
         b0 { input x0[i: 3]; input x1[i: 2, j: 3, k: 3]; h0 = clamp(x0, -1, N) + ln(1 + exp(x0)); output h0; output p0 = tanh(x0); output p1 = tanh(x1); }
         my_layer56 { input x0; input x1[i: 1]; h0[i] = ln(1 + exp(x1[i] / (x1[i]))) + x1[i]; param w1[o: 2, i: 1] ~ uniform(1); h1[o] = sum(i: w1[o, i] * x1[i]); output h0; output h1; output p0 = tanh(x0); output p1 = tanh(x1); }
    }
}

mod a2 {
    ::tapeless::network! {
        const N: usize = 2;
         z57< input(N); residual { relu; gelu }; r#gen60: linear(2); f25: linear(N + 1) >
    }
}

mod a3 {
    ::tapeless::network! {
        const N: usize = 2;
        #[allow(dead_code)] layer my_layer(I) { input x[.., i: I]; input mask[i: I] = 1; param h[o: 2 * I, i: I] ~ normal(0.1); g[.., o] = sum(i: h[o, i] * x[.., i] * mask[i]); y[.., i] = g[.., i] * sigmoid(g[.., i + I]); rest[.., i] = x[.., i]^2; output y, rest; }
         f77< input(N); linear(4) >
    }
}

mod a4 {
    ::tapeless::network! {
        const N: usize = 2;
         layer Net49(I) { input x[t: T, i: I]; param first[i: I] ~ zeros(); b70[-1, i] = first[i]; scan t { g[t, i] = x[t, i] * b70[t - 1, i]; b70[t, i] = g[t, i] + g[t, i]; } y[t, i] = b70[t, i]; }
         h89< input(N); residual { tanh }; linear(N + 1) >
    }
}

mod a5 {
    ::tapeless::network! {
        const N: usize = 2;
         i94< input(N); g34: parallel { linear(N - 1); tanh }; linear(3) >
    }
}

mod a6 {
    ::tapeless::network! {
        const N: usize = 3;
         activation a3(f) = f + f;
         optimizer Agent57(b86, Net; lr = 0.1 in 0..infinity, Net8 = true) { state a16; a16 <- lerp(a16, Net, lr); b86 <- b86 - lr * (if Net8 { a16 } else { Net }); }
         class16 { input x0[i: 1]; h0 = concat(x0, x0); h1 = clamp(x0, -1, N) + ln(1 + exp(x0)); h2 = a3(x0) + 0 * x0; h3 = clamp(h1, -1, N) + ln(1 + exp(h1)); output h0; output h1; output h2; output h3; output p0 = tanh(x0); }
    }
}

mod a7 {
    ::tapeless::network! {
        const N: usize = 4;
         const main90: usize = 1;
         b35< input(N); linear(N + 1); g42: linear(1); a47: residual { relu; gelu } >
    }
}

mod a8 {
    ::tapeless::network! {
        const N: usize = 2;
         block< input(N); my_layer: residual { linear(N) }; h: linear(3) >
    }
}

mod a9 {
    ::tapeless::network! {
        const N: usize = 3;
         part< input(N); parallel { linear(N + 1); tanh }; linear(1) >
    }
}

mod a10 {
    ::tapeless::network! {
        const N: usize = 4;
         parallel21< input(N); n40: parallel { linear(4); tanh } >
    }
}

mod a11 {
    ::tapeless::network! {
        const N: usize = 2;
         layer my_layer67(I; from = N, pad[2] = 1 in 0..=infinity | same, bias = true) { input x[i: I]; let before = if pad[0] == same { 1 } else { pad[0] }; param b[i: I] ~ zeros() when bias; index k: I; wide[i + before: I + before + from] = x[i] else N; state m[i: I] ~ zeros(); m[i] <- 0.9 * m[i] + 0.1 * mean(batch: x[i]); y[k] = wide[k] + b[k] * (if training { random() } else { m[k] }); }
         h29< input(N); linear(N); b19: parallel { linear(N / 2); tanh } >
    }
}

mod a12 {
    ::tapeless::network! {
        const N: usize = 3;
         core< input(N); linear(3) >
    }
}

mod a13 {
    ::tapeless::network! {
        const N: usize = 2;
         ß< input(N); Loops054: linear(2); repeat _ in 0..2 { tanh }; concat34: softplus(threshold = 3) >
    }
}

mod a14 {
    ::tapeless::network! {
        const N: usize = 3;
        main76 { input x[i: 2]; output p = linear(3)(x); output v = linear(1)(x); } loss p292(p[a: A], v; c: class, o; k = 0.5) { samples = o; q[a] = log_softmax(p)[a]; y = -q[c] + k * (v - o)^2 + sum(m in batch: if m == this { 0 } else { exp(-(v - v[m])^2) }) + (p[0] - pi + p[0]) * pi + p[0]; }
         y< input(N); linear(1); step87: linear(1); parallel { linear(N + 1); tanh } >
    }
}

mod a15 {
    ::tapeless::network! {
        const N: usize = 3;
         p238 { input x0[i: 2, j: 3]; input x1; h0 = if x0 > 0.1 { x0 } else { stop(x0) * 2 }; h1 = softmax(x0); output h0; output h1; output p0 = tanh(x0); output p1 = tanh(x1); }
         Agent23< input(N); linear(N) >
    }
}

mod a16 {
    ::tapeless::network! {
        const N: usize = 3;
         relu16< input(N); linear(3) >
    }
}

mod a17 {
    ::tapeless::network! {
        const N: usize = 4;
         b45 { input x0[i: 2, j: 3]; h0 = sum(i, j: x0[i, j]); output h0; output p0 = tanh(x0); }
    }
}

mod a18 {
    ::tapeless::network! {
        const N: usize = 2;
         my_layer17 { input x0[i: 3]; param w0[o: 2, i: 3] ~ uniform(1); h0[o] = sum(i: w0[o, i] * x0[i]); h1 = if h0 > 0.1 { h0 } else { stop(h0) * 2 }; output h0; output h1; output p0 = tanh(x0); }
    }
}

mod a19 {
    ::tapeless::network! {
        const N: usize = 4;
         ß { input x0[i: 3]; input x1[i: 2, j: 3]; h0 = concat(x0, x0); output h0; output p0 = tanh(x0); output p1 = tanh(x1); }
    }
}

mod a20 {
    ::tapeless::network! {
        const N: usize = 2;
         p254< input(N); linear(if 1 < 2 { 1 } else { 2 }) >
         aB10 { input x0; h0 = clamp(x0, -1, N) + ln(1 + exp(x0)); h1 = clamp(x0, -1, N) + ln(1 + exp(x0)); output h0; output h1; output p0 = tanh(x0); }
    }
}

mod a21 {
    ::tapeless::network! {
        const N: usize = 4;
         f< input(N); linear(4); linear(1); linear(N + 1) >
    }
}

mod a22 {
    ::tapeless::network! {
        const N: usize = 4;
         my_layer44 { input x0; h0 = clamp(x0, -1, N) + ln(1 + exp(x0)); h1 = clamp(x0, -1, N) + ln(1 + exp(x0)); h2 = clamp(x0, -1, N) + ln(1 + exp(x0)); output h0; output h1; output h2; output p0 = tanh(x0); }
         f { input x0[i: 1]; h0 = clamp(x0, -1, N) + ln(1 + exp(x0)); h1 = if x0 > 0.1 { x0 } else { stop(x0) * 2 }; output h0; output h1; output p0 = tanh(x0); }
    }
}

mod a23 {
    ::tapeless::network! {
        const N: usize = 3;
         samples57 { input x0[i: 3]; h0 = linear(2)(x0); output h0; output p0 = tanh(x0); }
         block51< input(N); linear(2) >
    }
}

mod a24 {
    ::tapeless::network! {
        const N: usize = 4;
        /// Text.
         b< input(N); linear(2); repeat _ in 0..1 { tanh }; residual { relu; gelu } >
    }
}

mod a25 {
    ::tapeless::network! {
        const N: usize = 4;
         part3 { input x0[i: 2, j: 3]; h0 = label0: linear(2)(x0); output h0; output p0 = tanh(x0); }
         b29< input(N); linear(N + 1); softmax >
    }
}

mod a26 {
    ::tapeless::network! {
        const N: usize = 2;
         b< input(N); add: residual { relu; gelu } >
    }
}

mod a27 {
    ::tapeless::network! {
        const N: usize = 4;
         layer macro6(I) { input x[i: I]; p261 = <Option60: linear(2); linear(1)>(x); y = x + p261; }
         Agent49< input(N); linear(4) >
    }
}

mod a28 {
    ::tapeless::network! {
        const N: usize = 2;
         const h: usize = 2 * N;
         b53 { input x0[i: 3]; input x1[i: 4, j: 2]; h0 = linear(2)(x0); h1, rest1 = split((1, 1))(h0); h2 = prod(i: x0[i]); h3 = clamp(x0, -1, N) + ln(1 + exp(x0)); output h0; output h1; output rest1; output h2; output h3; output p0 = tanh(x0); output p1 = tanh(x1); }
    }
}

mod a29 {
    ::tapeless::network! {
        const N: usize = 2;
        #[allow(dead_code)] optimizer my_layer23(_12, g39; lr = 0.1 in 0..1, Net32 = true) { state f when Net32; f <- lerp(f, g39, lr); _12 <- _12 - lr * (if Net32 { f } else { exp(-max(g39, 2)) }); }
        tanh57 { input x[i: 2]; output p = linear(3)(x); output v = linear(1)(x); } loss part(p[a: A], v; c: class, o; k = 0.5) {  q[a] = log_softmax(p)[a]; y = -q[c] + k * (v - o)^2 + 4 + (1 - abs(o)) * abs(o); }
         p264< input(N); linear(N); linear(3) >
    }
}

mod a30 {
    ::tapeless::network! {
        const N: usize = 4;
        optimizer auto58(w, g; lr = 1e-3 in 0..infinity, a = 0.9 in 0..1, flag = false, decay = 0) { require a > lr when flag; state when; state p29 ~ constant(a) when decay != 0; state count; d = if decay != 0 { g + decay * w } else { g }; count <- count + 1; when <- a * when + (1 - a) * d; p29 <- max(p29, if -N + d < if N < when { N } else { when } { -N + d } else { if N < when { N } else { when } }); w <- w - lr / (1 - a^step) * when / (sqrt(p29) + 1e-8) - (if flag { p29 + max(d, g) } else { 0 }) * count; }
         part15< input(N); linear(3); linear(3) >
    }
}

mod a31 {
    ::tapeless::network! {
        const N: usize = 4;
         become83< input(N); repeat _ in 0..3 { tanh }; a31: residual { linear(N) } >
         a< input(N); f91: linear(3) >
    }
}

mod a32 {
    ::tapeless::network! {
        const N: usize = 2;
         sum62 { input x0[i: 3]; input x1[i: 3]; input token[s: 3]: index(4); h0 = x0 * sigmoid(x1) - 0.5 * x0; h1 = min(i: h0[i]); h2 = clamp(h1, -1, N) + ln(1 + exp(h1)); h3 = if h1 / (-N) < 2 { h1 / (-N) } else { 2 } + h1; h4 = embedding(4, 2)(token); output h0; output h1; output h2; output h3; output h4; output p0 = tanh(x0); output p1 = tanh(x1); }
         h43 { input x0[i: 3]; h0 = x0 * sigmoid(x0) - 0.5 * x0; h1 = concat(x0, x0); output h0; output h1; output p0 = tanh(x0); }
    }
}

mod a33 {
    ::tapeless::network! {
        const N: usize = 3;
         per_channel< input(N); parallel { linear(max(1, 2)); tanh }; f24: linear(N + 1); p271: linear(N) >
    }
}

mod a34 {
    ::tapeless::network! {
        const N: usize = 3;
        /// Text.
         loss step49(a9[c: C]; b69: class) {  y = sum(c: if c == b69 { a9[c] } else { 0 }); }
         g< input(N); linear(2); my_layer: linear(N); linear(3) >
    }
}

mod a35 {
    ::tapeless::network! {
        const N: usize = 2;
         tanh34< input(N); linear(2) >
    }
}

mod a36 {
    ::tapeless::network! {
        const N: usize = 3;
         main75< input(N); parallel { linear(2); tanh } >
    }
}

mod a37 {
    ::tapeless::network! {
        const N: usize = 3;
        p2 { input x[i: 2]; output p = linear(3)(x); output v = linear(1)(x); } loss Net19(p[a: A], v; c: class, o, tag[s: 2]: class; k = 0.5) {  q[a] = log_softmax(p)[a]; y = -q[c] + k * (v - o)^2 + sum(s: -q[tag[s]]) + if o + p[0] < q[c] + o { o + p[0] } else { q[c] + o }; }
         optimizer h(part, Agent83; lr = 0.1 in 0..infinity, b75 = true) { state self_32; self_32 <- lerp(self_32, Agent83, lr); part <- part - lr * (if b75 { self_32 } else { relu(self_32) }); }
         Net< input(N); residual { linear(N) } >
         f< input(N); a48: parallel { linear(3); tanh } >
    }
}

mod a38 {
    ::tapeless::network! {
        const N: usize = 2;
         Agent9 { input x0[i: 2, j: 3]; h0 = x0 * sigmoid(x0) - 0.5 * x0; output h0; output p0 = tanh(x0); }
         f< input(N); repeat _ in 0..2 { tanh }; linear(2); forward51: linear(4) >
    }
}

mod a39 {
    ::tapeless::network! {
        const N: usize = 2;
         g< input(N); residual { relu; gelu }; Net47: linear(4); linear(3) >
         Net22< input(N); parallel { linear(1); tanh } >
    }
}

#[test]
fn accepted_declarations_compile() {}

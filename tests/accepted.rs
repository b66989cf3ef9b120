//! Declarations that the macro accepts, from its tests' grammar: they compile.
//!
//! Recorded by `UPDATE_ACCEPTED=1 cargo test -p nncompiler`.

#![allow(dead_code, unused, deprecated, missing_docs)]
#![allow(non_camel_case_types, non_snake_case, non_upper_case_globals)]

mod a0 {
    tapeless::network! {
        const N: usize = 2;
         const a37: f32 = 3;
         g6< input(N); linear(N + 1) >
    }
}

mod a1 {
    tapeless::network! {
        const N: usize = 2;
         crate57< input(N); residual { relu; gelu }; z60: linear(2); f25: linear(N + 1) >
    }
}

mod a2 {
    tapeless::network! {
        const N: usize = 4;
         activation f323(g) = g + (if g < g { g } else { g } - exp(-g)) * exp(-g);
         p272< input(N); f323; part86: linear(1); Loops032: f323 >
         Agent27< input(N); f323; require0: prelu >
    }
}

mod a3 {
    tapeless::network! {
        const N: usize = 2;
         g< input(N); linear(3); String22: linear(1); linear(4) >
    }
}

mod a4 {
    tapeless::network! {
        const N: usize = 2;
         activation a54(Net) = Net + Net;
         r#match82< input(N); linear(2); a54 >
    }
}

mod a5 {
    tapeless::network! {
        const N: usize = 4;
         b47< input(N); drop86: linear(4); linear(N + 1) >
         a23< input(N); linear(1); tanh: parallel { linear(N ^ 2); tanh } >
    }
}

mod a6 {
    tapeless::network! {
        const N: usize = 3;
         softmax< input(N); linear(2); repeat 4 { tanh } >
    }
}

mod a7 {
    tapeless::network! {
        const N: usize = 2;
         a57< input(N); g22: linear(N + 1); linear(N); my_layer: linear(2) >
    }
}

mod a8 {
    tapeless::network! {
        const N: usize = 3;
         my_layer87< input(N); parallel { linear(N - 1); tanh } >
    }
}

mod a9 {
    tapeless::network! {
        const N: usize = 3;
         part< input(N); linear(2) >
    }
}

mod a10 {
    tapeless::network! {
        const N: usize = 4;
        #[deprecated] p271< input(N); linear(N) >
    }
}

mod a11 {
    tapeless::network! {
        const N: usize = 2;
        /// Text.
         p2< input(N); h74: linear(N) >
    }
}

mod a12 {
    tapeless::network! {
        const N: usize = 3;
         layer Net(outputs; b = 1, learn aB73 = 1) { input b2[n6: outputs]; param part49[n6: outputs] ~ constant(N); s = sum(n6: b2[n6]); t[n6] = b2[n6] * s; out[n6] = b2[n6] + part49[n6] * (aB73 - b) * b + t[n6]; }
         pass< input(N); a49: residual { tanh } >
    }
}

mod a13 {
    tapeless::network! {
        const N: usize = 3;
        #[allow(dead_code)] p238< input(N); repeat 3 { tanh }; zero: linear(3); linear(N) >
         crate38< input(N); repeat 3 { tanh } >
    }
}

mod a14 {
    tapeless::network! {
        const N: usize = 3;
         activation total4(concat; T97 = 1, b35 = 1 in 0..=1) = concat + 1;
         layer p238(p292; part99 = 1, learn a = 1) { input f[my_layer92: p292]; param h44[my_layer92: p292] ~ ones(); require p292 > N + 1; out[my_layer92] = f[my_layer92] + h44[my_layer92] * max(a, part99); }
         a26< input(N); parallel { linear(N); tanh } >
        #[allow(dead_code)] Net56< input(N); linear(1) >
    }
}

mod a15 {
    tapeless::network! {
        const N: usize = 3;
         part86< input(N); residual { tanh } >
    }
}

mod a16 {
    tapeless::network! {
        const N: usize = 4;
         f< input(N); linear(4); linear(1); linear(N + 1) >
    }
}

mod a17 {
    tapeless::network! {
        const N: usize = 3;
         block Agent< linear(2); parallel { linear(N); tanh } >
         layer Some(b33) { input g9[a88: b33]; param part[a88: b33] ~ normal(1); t[a88] = random() * g9[a88]; out[a88] = g9[a88] + part[a88] * g9[a88] + t[a88]; }
         block gradient63< linear(3); residual { relu; gelu } >
         prod74< input(N); key30: Some; residual { relu; gelu } >
         b< input(N); rng48: parallel { linear(N); tanh } >
    }
}

mod a18 {
    tapeless::network! {
        const N: usize = 4;
         Net48< input(N); linear(3); residual { relu; gelu } >
    }
}

mod a19 {
    tapeless::network! {
        const N: usize = 4;
         layer b(p270; summary16 = 1, tanh29 = 1) { input f[divides: p270]; param my_layer21[divides: p270] ~ ones(); require p270 > 4; out[divides] = f[divides] + my_layer21[divides] * exp(-my_layer21[divides]); }
         block final95< linear(1) >
         block p2< tapeless8: residual { tanh }; fn14: linear(2) >
         p2< input(N); linear(N + 1) >
    }
}

mod a20 {
    tapeless::network! {
        const N: usize = 3;
         layer explain(g95; h45 = 1, b83 = 1) { input a58[part: g95]; param p263[part: g95] ~ constant(N); t[part] = random() * a58[part]; out[part] = a58[part] + p263[part] * exp(-b83) + t[part]; }
         f55< input(N); my_layer34: linear(N - 1) >
    }
}

mod a21 {
    tapeless::network! {
        const N: usize = 4;
         const my_layer44: usize = 1;
         loss part11(part; yield49; Y39 = 1, Agent56 = 1) { samples = 1; y = part - yield49 * (yield49 + Agent56 + 1); }
         f53< input(N); f: linear(4); linear(N + 1); p21: linear(3) >
    }
}

mod a22 {
    tapeless::network! {
        const N: usize = 3;
         h60< input(N); repeat 3 { tanh }; prelu; repeat 3 { tanh } >
         part75< input(N); embedding(5, 3) >
    }
}

mod a23 {
    tapeless::network! {
        const N: usize = 3;
         z< input(N); tanh; parallel { linear(2); tanh }; f4: flatten >
    }
}

mod a24 {
    tapeless::network! {
        const N: usize = 4;
         layer1< input(N); p23: repeat 1 { tanh }; residual { relu; gelu }; parallel { linear(2); tanh } >
    }
}

mod a25 {
    tapeless::network! {
        const N: usize = 2;
         my_layer31< input(N); linear(2) >
    }
}

mod a26 {
    tapeless::network! {
        const N: usize = 2;
         loss crate17(f51[c: C]; const75: class) {  y = sum(c: if c == const75 { f51[c] } else { 0 }); }
         self59< input(N); glu >
         a7< input(N); repeat 4 { tanh }; linear(1); linear(3) >
    }
}

mod a27 {
    tapeless::network! {
        const N: usize = 2;
         Net54< input(N); repeat N + 1 { tanh } >
    }
}

mod a28 {
    tapeless::network! {
        const N: usize = 4;
         block _198< linear(3) >
         a< input(N); linear(3) >
         h87< input(N); layer76: log_softmax >
    }
}

mod a29 {
    tapeless::network! {
        const N: usize = 2;
         layer Agent(static16; h23 = 1, part26 = 1) { input g[f81: static16]; param p20[f81: static16] ~ constant(N); index h2: N + 1; t[f81] = sum(h2: g[f81]); out[f81] = g[f81] + p20[f81] * part26 + t[f81]; }
         loss x57(reuse40[c: C]; my_layer66: class) { samples = 1; y = sum(c: if c == my_layer66 { reuse40[c] } else { 0 }); }
         layer Net4(b) { input my_layer37[Agent4: b]; param p243[Agent4: b] ~ normal(1); index Vec53: N + 1; t[Agent4] = sum(Vec53: my_layer37[Agent4]); out[Agent4] = my_layer37[Agent4] + p243[Agent4] * 2 / (my_layer37[Agent4]) + t[Agent4]; }
         Net< input(N); Agent52: linear(N); a32: linear(3); Agent83: linear(2, bias = false) >
         a63< input(N); f78: repeat N { tanh } >
    }
}

mod a30 {
    tapeless::network! {
        const N: usize = 3;
         add87< input(N); log_softmax; my_layer72: repeat 2 { tanh } >
    }
}

mod a31 {
    tapeless::network! {
        const N: usize = 4;
         p212< input(N); relu; linear(3) >
         b86< input(N); linear(4); linear(N + 1) >
    }
}

mod a32 {
    tapeless::network! {
        const N: usize = 4;
         const Net86: i32 = 2;
         a69< input(N); linear(2); linear(3) >
    }
}

mod a33 {
    tapeless::network! {
        const N: usize = 2;
         h24< input(N); linear(N + 1); linear(N); do74: linear(2) >
    }
}

mod a34 {
    tapeless::network! {
        const N: usize = 3;
         f8< input(N); linear(1); repeat N ^ 2 { tanh }; parallel { linear(N); tanh } >
         Agent95< input(N); linear(2) >
    }
}

mod a35 {
    tapeless::network! {
        const N: usize = 2;
         layer bias(g73; Agent = 1) { input my_layer60[part13: g73]; param Some3[part13: g73] ~ constant(N); s = sum(part13: my_layer60[part13]); t[part13] = my_layer60[part13] * s; out[part13] = my_layer60[part13] + Some3[part13] * Some3[part13] + t[part13]; }
         loss b65(a25; String80) = a25 - String80 * (String80 + String80 + max(-N, String80));
         block f74< linear(N); linear(3) >
         Net62< input(N); f47: parallel { linear(3); tanh } >
    }
}

mod a36 {
    tapeless::network! {
        const N: usize = 4;
        #[allow(dead_code)] block p252< linear(4); linear(2) >
         Some29< input(N); p252 >
    }
}

mod a37 {
    tapeless::network! {
        const N: usize = 2;
         my_layer< input(N); a40: repeat 1 { tanh } >
         Agent82< input(N); h86: linear(3); linear(4) >
    }
}

mod a38 {
    tapeless::network! {
        const N: usize = 2;
         part63< input(N); f39: linear(2); b35: linear(3) >
         part36< input(N); linear(N); repeat 2 { tanh }; residual { tanh } >
    }
}

mod a39 {
    tapeless::network! {
        const N: usize = 2;
         Net92< input(N); my_layer26: linear(N); residual { tanh }; linear(4) >
    }
}

#[test]
fn accepted_declarations_compile() {}

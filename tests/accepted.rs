//! Declarations that the macro accepts, from its tests' grammar: they compile.
//!
//! Recorded by `UPDATE_ACCEPTED=1 cargo test -p nncompiler`.

#![allow(dead_code, unused, deprecated, missing_docs)]
#![allow(non_camel_case_types, non_snake_case, non_upper_case_globals)]

mod a0 {
    tapeless::network! {
        const N: usize = 4;
         const aB97: usize = 2;
         layer softmax79(my_layer6) { input my_layer40[part63: my_layer6]; param h97[part63: my_layer6] ~ uniform(0.5); m = mean(batch, part63: my_layer40[part63]); t[part63] = my_layer40[part63] - m; out[part63] = my_layer40[part63] + h97[part63] * max(h97[part63], h97[part63]) + t[part63]; }
         block y54< linear(4) >
         part57< input(N); layer5: linear(N) >
    }
}

mod a1 {
    tapeless::network! {
        const N: usize = 2;
         z57< input(N); residual { relu; gelu }; r#gen60: linear(2); f25: linear(N + 1) >
    }
}

mod a2 {
    tapeless::network! {
        const N: usize = 4;
         const main90: usize = 1;
         b71< input(N); p2: parallel { linear(N); tanh }; linear(1) >
    }
}

mod a3 {
    tapeless::network! {
        const N: usize = 2;
         g< input(N); linear(3); residual22: linear(1); linear(4) >
    }
}

mod a4 {
    tapeless::network! {
        const N: usize = 4;
         b47< input(N); state86: linear(4); linear(N + 1) >
         a23< input(N); linear(1); prod: parallel { linear(N ^ 2); tanh } >
    }
}

mod a5 {
    tapeless::network! {
        const N: usize = 2;
         optimizer my_layer21(__5, part64; lr = 0.1 in 0..1, g60 = true) { state g22 ~ constant(4) when lr > 3; g22 <- lerp(g22, part64, lr); __5 <- __5 - lr * (if g60 { g22 } else { (0.5 - lr) * lr }); }
        #[allow(dead_code)] optimizer b(concat, key; lr = 0.1, p238 = true) { state f84; f84 <- lerp(f84, key, lr); concat <- concat - lr * (if p238 { f84 } else { step / (lr) }); }
         my_layer66< input(N); h: linear(4); linear(N + 1); residual { relu; gelu } >
    }
}

mod a6 {
    tapeless::network! {
        const N: usize = 2;
         const Agent94: usize = 1;
         rng40< input(N); linear(3); repeat _ in 0..1 { tanh }; g42: linear(N + 1) >
    }
}

mod a7 {
    tapeless::network! {
        const N: usize = 4;
         block default96< linear(3) >
        #[deprecated] Agent82< input(N); linear(2); a: repeat _ in 0..N { tanh }; repeat _ in 0..4 { tanh } >
         p2< input(N); clamp78: repeat _ in 0..N + 1 { tanh }; tanh; Net79: log_softmax >
    }
}

mod a8 {
    tapeless::network! {
        const N: usize = 3;
         training< input(N); linear(2); repeat _ in 0..4 { tanh } >
    }
}

mod a9 {
    tapeless::network! {
        const N: usize = 2;
         a57< input(N); g22: linear(N + 1); linear(N); my_layer: linear(2) >
    }
}

mod a10 {
    tapeless::network! {
        const N: usize = 3;
         my_layer87< input(N); parallel { linear(N - 1); tanh } >
    }
}

mod a11 {
    tapeless::network! {
        const N: usize = 3;
         layer p2(p2) { input latex49[derivatives: p2]; param new39[derivatives: p2] ~ uniform(0.5); m = mean(batch, derivatives: latex49[derivatives]); t[derivatives] = latex49[derivatives] - m; out[derivatives] = latex49[derivatives] + new39[derivatives] * new39[derivatives] + t[derivatives]; }
         layer union61(fn80) { input Net39[stop: fn80]; param Agent[stop: fn80] ~ ones(); m = mean(batch, stop: Net39[stop]); t[stop] = Net39[stop] - m; out[stop] = Net39[stop] + Agent[stop] * exp(-Net39[stop]) + t[stop]; }
         reuse< input(N); linear(N + 1) >
    }
}

mod a12 {
    tapeless::network! {
        const N: usize = 3;
         part< input(N); linear(2) >
    }
}

mod a13 {
    tapeless::network! {
        const N: usize = 4;
         layer h40(a65) { input Agent32[p272: a65]; param b28[p272: a65] ~ constant(N); s = sum(p272: Agent32[p272]); t[p272] = Agent32[p272] * s; out[p272] = Agent32[p272] + b28[p272] * exp(-Agent32[p272]) + t[p272]; }
         h< input(N); parallel { linear(4); tanh }; Net59: linear(4); parallel { linear(N + 1); tanh } >
    }
}

mod a14 {
    tapeless::network! {
        const N: usize = 3;
         optimizer part91(Agent, Net21; lr = 0.1 in 0..infinity, Net69 = true) { state Net28 ~ constant(N + 1) when lr > 4; Net28 <- lerp(Net28, Net21, lr); Agent <- Agent - lr * (if Net69 { Net28 } else { 1 / (Agent) / (lr) }); }
         optimizer my_layer(b75, self41; lr = 0.1 in 0..infinity, f = true) { state a ~ constant(N + 1) when lr > 4; a <- lerp(a, self41, lr); b75 <- b75 - lr * (if f { a } else { ln(1 + exp(step / (self41))) }); }
         optimizer a60(g57, h54; lr = 0.1 in 0..1, Net17 = true) { state part73 when Net17; part73 <- lerp(part73, h54, lr); g57 <- g57 - lr * (if Net17 { part73 } else { pi }); }
         h44< input(N); b78: repeat _ in 0..2 { tanh }; linear(N) >
    }
}

mod a15 {
    tapeless::network! {
        const N: usize = 4;
        #[deprecated] p271< input(N); linear(N) >
    }
}

mod a16 {
    tapeless::network! {
        const N: usize = 2;
        /// Text.
         p2< input(N); h74: linear(N) >
    }
}

mod a17 {
    tapeless::network! {
        const N: usize = 3;
         part86< input(N); residual { tanh } >
    }
}

mod a18 {
    tapeless::network! {
        const N: usize = 4;
         Agent53< input(N); residual { linear(N) }; part7: repeat _ in 0..N + 1 { tanh }; linear(1) >
         when60< input(N); batch_norm1d; scale; residual { linear(N) } >
    }
}

mod a19 {
    tapeless::network! {
        const N: usize = 4;
         ß< input(N); leaky_relu(0.1); residual { relu; gelu }; Net32: parallel { linear(1); tanh } >
    }
}

mod a20 {
    tapeless::network! {
        const N: usize = 4;
         f< input(N); linear(4); linear(1); linear(N + 1) >
    }
}

mod a21 {
    tapeless::network! {
        const N: usize = 4;
         Net48< input(N); linear(3); residual { relu; gelu } >
    }
}

mod a22 {
    tapeless::network! {
        const N: usize = 3;
        #[allow(dead_code)] loss training(x58[c: C]; training9: class) { samples = 1; y = sum(c: if c == training9 { x58[c] } else { 0 }); }
         box60< input(N); p269: linear(2); samples89: linear(4); linear(N) >
    }
}

mod a23 {
    tapeless::network! {
        const N: usize = 3;
         h60< input(N); repeat _ in 0..3 { tanh }; gelu; repeat _ in 0..3 { tanh } >
         part75< input(N); softmax >
    }
}

mod a24 {
    tapeless::network! {
        const N: usize = 4;
         key1< input(N); p23: repeat _ in 0..1 { tanh }; residual { relu; gelu }; parallel { linear(2); tanh } >
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
         Net54< input(N); repeat _ in 0..N + 1 { tanh } >
    }
}

mod a27 {
    tapeless::network! {
        const N: usize = 2;
         const h: usize = 2 * N;
         Net21< input(N); repeat _ in 0..3 { tanh }; linear(1); f50: residual { tanh } >
    }
}

mod a28 {
    tapeless::network! {
        const N: usize = 4;
         layer auto58(when) { input p29[Agent96: when]; param Option69[Agent96: when] ~ constant(N);  out[Agent96] = p29[Agent96] + Option69[Agent96] * (Option69[Agent96])^2; }
         h89< input(N); auto58 >
         part15< input(N); linear(3); linear(3) >
    }
}

mod a29 {
    tapeless::network! {
        const N: usize = 3;
         loss update61(a2[c: C]; Net: class) {  y = sum(c: if c == Net { a2[c] } else { 0 }); }
         part< input(N); linear(N + 1); linear(1) >
         default58< input(N); residual { relu; gelu }; my_layer: linear(1) >
    }
}

mod a30 {
    tapeless::network! {
        const N: usize = 3;
         layer a(my_layer47) { input b71[p286: my_layer47]; param Agent46[p286: my_layer47] ~ zeros(); m = mean(batch, p286: b71[p286]); t[p286] = b71[p286] - m; out[p286] = b71[p286] + Agent46[p286] * if Agent46[p286] < Agent46[p286] { Agent46[p286] } else { Agent46[p286] } + t[p286]; }
         layer a58(g) { input part27[g63: g]; param h58[g63: g] ~ ones(); t[g63] = random() * part27[g63]; out[g63] = part27[g63] + h58[g63] * h58[g63] + part27[g63] + t[g63]; }
         my_layer55< input(N); b12: residual { linear(N) }; parallel { linear(N + 1); tanh } >
         Net15< input(N); parallel { linear(N); tanh }; a: linear(N); a28: linear(N + 1) >
    }
}

mod a31 {
    tapeless::network! {
        const N: usize = 3;
         _87< input(N); layer_norm; my_layer72: repeat _ in 0..2 { tanh } >
    }
}

mod a32 {
    tapeless::network! {
        const N: usize = 4;
         p212< input(N); tanh; linear(3) >
         b86< input(N); linear(4); linear(N + 1) >
    }
}

mod a33 {
    tapeless::network! {
        const N: usize = 3;
         λ< input(N); parallel { linear(N + 1); tanh } >
         h97< input(N); linear(N + 1); prod: parallel { linear((1)); tanh } >
    }
}

mod a34 {
    tapeless::network! {
        const N: usize = 3;
         optimizer step49(a9, b69; lr = 0.1 in 0..infinity, Agent55 = true) { state Agent ~ constant(N + 1) when lr > 2; Agent <- lerp(Agent, b69, lr); a9 <- a9 - lr * (if Agent55 { Agent } else { if b69 < ln(1 + exp(Agent)) { b69 } else { ln(1 + exp(Agent)) } }); }
        #[deprecated] my_layer< input(N); linear(2); linear(3); h: parallel { linear(3usize); tanh } >
    }
}

mod a35 {
    tapeless::network! {
        const N: usize = 2;
         const b14: usize = 4;
         my_layer55< input(N); linear(4) >
         p225< input(N); f42: linear(N + 1); linear(1) >
    }
}

mod a36 {
    tapeless::network! {
        const N: usize = 2;
         h24< input(N); linear(N + 1); linear(N); T74: linear(2) >
    }
}

mod a37 {
    tapeless::network! {
        const N: usize = 3;
         f8< input(N); linear(1); repeat _ in 0..N ^ 2 { tanh }; parallel { linear(N); tanh } >
         Agent95< input(N); linear(2) >
    }
}

mod a38 {
    tapeless::network! {
        const N: usize = 3;
         layer Net19(p2) { input rng85[Agent49: p2]; param async48[Agent49: p2] ~ zeros(); require p2 > N; out[Agent49] = rng85[Agent49] + async48[Agent49] * ln(1 + exp(0.5)); }
         block h97< linear(3); parallel { linear(4); tanh } >
         part57< input(N); softmax; Y20: linear(1); h82: linear(1) >
         f13< input(N); a84: repeat _ in 0..3 { tanh } >
    }
}

mod a39 {
    tapeless::network! {
        const N: usize = 2;
         my_layer< input(N); a40: repeat _ in 0..1 { tanh } >
         Agent82< input(N); h86: linear(3); linear(4) >
    }
}

#[test]
fn accepted_declarations_compile() {}

//! Random activations and layers, compiled to fast kernels and to plain loops.
//!
//! Written by a test of nnmacro, which holds it as it is: `UPDATE_RANDOM=1 cargo test -p nnmacro`.

pub mod fast {
    tapeless::network! {
        activation f0(x; a = 0.7, learn q = 0.3) = max(erf(max((((-0.7) + x) - mish((x / x))), 1)), (x - (sign(q) / tan((-1)))));
        pub Expression0< input(2); linear(2, 3); f0; tanh >
        activation f1(x; a = 0.7, learn q = 0.3) = ((stop((((-q) / (sin(a) + (0.5 - 2))) * sigmoid(hardtanh(x)))))^-2);
        pub Expression1< input(2); linear(2, 3); f1; linear(3, 2) >
        activation f2(x; a = 0.7, learn q = 0.3) = q * abs(min(atan(silu(ln(sqrt(x)))), ln(abs(sin((-(x * x)))) + 0.5)));
        pub Expression2< input(2); linear(2, 3); f2; tanh >
        activation f3(x; a = 0.7, learn q = 0.3) = ((abs(a) - (erf(exp(a)) / (a / tanhshrink(erfc(0.1))))) * (2 * ((q - erf(x)) / 1.5)));
        pub Expression3< input(2); linear(2, 3); f3; tanh >
        activation f4(x; a = 0.7, learn q = 0.3) = max(ln((1 + ((stop(x) * 1) + x))), threshold(silu(sign(q))));
        pub Expression4< input(2); linear(2, 3); f4 >
        activation f5(x; a = 0.7, learn q = 0.3) = q * softplus(min(0.5, (sqrt(abs((ln(a) - x)) + 0.5) / 1)));
        pub Expression5< input(2); linear(2, 3); f5; tanh >
        activation f6(x; a = 0.7, learn q = 0.3) = mish((atan((exp_m1(abs(q)) / a)) + (a / 0.1))) + x;
        pub Expression6< input(2); linear(2, 3); f6; tanh >
        activation f7(x; a = 0.7, learn q = 0.3) = q * ((if 1 < tanh(a) { a } else { (((1 + erf((a - a))))^-2) }) * (((if x >= a { sign(a) } else { tanh(exp_m1(a)) }))^-1));
        pub Expression7< input(2); linear(2, 3); f7 >
        activation f8(x; a = 0.7, learn q = 0.3) = ln(abs(mish((((erf(0.1) / q))^2))) + 0.5) + x;
        pub Expression8< input(2); linear(2, 3); f8; linear(3, 2) >
        activation f9(x; a = 0.7, learn q = 0.3) = stop((((if 2 < x { q } else { max(x, q) }) / stop(((abs(ln_1p(0.5)) + 0.5)^(q)))) / atan(abs(x))));
        pub Expression9< input(2); linear(2, 3); f9; tanh >
        activation f10(x; a = 0.7, learn q = 0.3) = q * (gelu(tanh((x - x))) + ((((-ln_1p((-0.7))))^1) - stop(0)));
        pub Expression10< input(2); linear(2, 3); f10 >
        activation f11(x; a = 0.7, learn q = 0.3) = ((0.1 * exp((exp_m1(tanh((x / 2))) + sigmoid(q)))) + ((-3) * exp((exp_m1(tanh((x / 2))) + sigmoid(q)))));
        pub Expression11< input(2); linear(2, 3); f11; linear(3, 2) >
        activation f12(x; a = 0.7, learn q = 0.3) = q * stop(abs((if x == (pi + x) { cos(stop((-1))) } else { x })));
        pub Expression12< input(2); linear(2, 3); f12; linear(3, 2) >
        activation f13(x; a = 0.7, learn q = 0.3) = ((abs(x) + 0.5)^(((sign(q) + a) * erf(abs(max(0.5, (-x)))))));
        pub Expression13< input(2); linear(2, 3); f13 >
        activation f14(x; a = 0.7, learn q = 0.3) = q * exp((exp_m1(silu(((softplus((-1)))^9))) / (1 + exp(silu(((softplus((-1)))^9)))))) + x;
        pub Expression14< input(2); linear(2, 3); f14; linear(3, 2) >
        activation f15(x; a = 0.7, learn q = 0.3) = (((tan(atan((a / (-q)))) - atan(max(q, atan(a)))) - ln(abs(exp(pi)) + 0.5)) * (q - (-q))) + x;
        pub Expression15< input(2); linear(2, 3); f15; tanh >
        activation f16(x; a = 0.7, learn q = 0.3) = q * sin(((3 + 0) + sigmoid((tanh(cos((-0.7))) - exp((a * 1)))))) + x;
        pub Expression16< input(2); linear(2, 3); f16; linear(3, 2) >
        activation f17(x; a = 0.7, learn q = 0.3) = (sigmoid(ln((exp(a) / x))) / (1 + exp(min((if x > x { tanh((a * x)) } else { q }), (-0.7)))));
        pub Expression17< input(2); linear(2, 3); f17 >
        activation f18(x; a = 0.7, learn q = 0.3) = (((q * q) / relu6((x - q))) / tanh(atan(sin(x))));
        pub Expression18< input(2); linear(2, 3); f18 >
        activation f19(x; a = 0.7, learn q = 0.3) = q * (max((2 - tanh(a)), ln_1p(abs(cos(x)) + 0.5)) / (1 + exp(((((ln_1p(erfc((-0.7))) ^ 0) - sign(cos(x))))^2))));
        pub Expression19< input(2); linear(2, 3); f19; linear(3, 2) >
        activation f20(x; a = 0.7, learn q = 0.3) = q * softsign(((exp(0) * exp(softplus(softplus(a)))) * (-ln(x))));
        pub Expression20< input(2); linear(2, 3); f20 >
        activation f21(x; a = 0.7, learn q = 0.3) = abs((-(if q < a { erfc(((-exp(((x)^1))) ^ 2)) } else { 0 })));
        pub Expression21< input(2); linear(2, 3); f21; linear(3, 2) >
        activation f22(x; a = 0.7, learn q = 0.3) = (softplus(abs((((x)^2) * ((x)^2)))) * (silu(atan((q / sqrt(x)))) / 3));
        pub Expression22< input(2); linear(2, 3); f22 >
        activation f23(x; a = 0.7, learn q = 0.3) = q * mish((if x < 1 { ((-1) ^ 0) } else { ((-1) ^ 0) }));
        pub Expression23< input(2); linear(2, 3); f23; tanh >
        activation f24(x; a = 0.7, learn q = 0.3) = (tanh((min(sin(x), 1.5) / max(sigmoid(0.1), max((-0.7), erfc(q))))) - sign((hardtanh(sin(q)) + (x + atan(q)))));
        pub Expression24< input(2); linear(2, 3); f24 >
        activation f25(x; a = 0.7, learn q = 0.3) = ((max(cos((sin(exp_m1(x)) * (x / x))), (exp(q) - q)))^-1);
        pub Expression25< input(2); linear(2, 3); f25 >
        activation f26(x; a = 0.7, learn q = 0.3) = (clamp(abs(softsign(tan(a))), -0.3, pi) / ((sin((erfc(q) * q)) * exp_m1(a)) - softplus(3))) + x;
        pub Expression26< input(2); linear(2, 3); f26; tanh >
        activation f27(x; a = 0.7, learn q = 0.3) = (threshold(q) * (if (2 / q) > q { ((q - x) - exp(((q)^3))) } else { stop(sqrt(x)) }));
        pub Expression27< input(2); linear(2, 3); f27; linear(3, 2) >
        activation f28(x; a = 0.7, learn q = 0.3) = q * clamp(max(stop(clamp(x, -0.3, pi)), ((abs(atan(hardtanh(abs(x)))) + 0.5)^1.5)), -0.3, pi);
        pub Expression28< input(2); linear(2, 3); f28 >
        activation f29(x; a = 0.7, learn q = 0.3) = (((q)^-1) / (1 + exp((-hardtanh(((relu6(stop(x)))^3))))));
        pub Expression29< input(2); linear(2, 3); f29 >
        layer lift0() {
            input x[i: 1, j: 3];
            param p[i: 1, j: 3] ~ zeros();
            y[i, j] = x[i, j] + p[i, j];
        }
        layer g0() {
            input x[i: 1, j: 3];
            param w[k: 3, i: 1] ~ ones();
            h[k, j: 2] = (if x[0, k] < x[0, k] { min(cos(x[0, j]), 0.1) } else { x[0, 2 * j] });
            y[i: 1] = ((h[i, i] - abs(x[i, i])) - x[0, i]) * w[i, 2 * i] + x[i, i];
        }
        pub Statements0< input(1, 3); lift0; g0; celu(0.5) >
        layer lift1() {
            input x[i: 3, j: 1];
            param p[i: 3, j: 1] ~ zeros();
            y[i, j] = x[i, j] + p[i, j];
        }
        layer g1() {
            input x[i: 3, j: 1];
            param w[k: 4, i: 3] ~ ones();
            h[j] = min(k, i: (w[k, 2 * j] / tanh(ln(2))));
            g[j, i] = softsign(tanh(x[i, j]));
            y = w[3, 2] + x[2, 0];
        }
        pub Statements1< input(3, 1); lift1; g1; tanh >
        layer lift2() {
            input x[i: 3];
            param p[i: 3] ~ zeros();
            y[i] = x[i] + p[i];
        }
        layer g2() {
            input x[i: 3];
            param w[k: 2, i: 3] ~ ones();
            h[2 * i + k] = ((tan((x[2 * k] + 0)) / x[i]) + (-x[i]));
            g[i] = sum(k: stop(((sign(cos(h[5])) - x[2 * k]) - h[i + 1])));
            y[k] = min(i: x[i] * x[2 * k]) * w[k, k + 1] + x[2 * k];
        }
        pub Statements2< input(3); lift2; g2 >
        layer lift3() {
            input x[i: 3];
            param p[i: 3] ~ zeros();
            y[i] = x[i] + p[i];
        }
        layer g3() {
            input x[i: 3];
            param w[i: 3] ~ ones();
            param v[k: 4] ~ ones();
            h[k, i] = (if w[i] != 1 { erfc(x[i]) } else { ln(exp(0.5)) });
            y[i, k] = atan(((v[k] * 0.5) - 0)) + x[i];
        }
        pub Statements3< input(3); lift3; g3; tanh >
        layer lift4() {
            input x[i: 1];
            param p[i: 1] ~ zeros();
            y[i] = x[i] + p[i];
        }
        layer g4() {
            input x[i: 1];
            param w ~ ones();
            param v ~ ones();
            h = clamp(softplus((erfc(w) * sign(x[0]))), -0.3, pi);
            y = max(i: h * w) * v + x[0];
        }
        pub Statements4< input(1); lift4; g4; tanh >
        layer lift5() {
            input x[i: 1];
            param p[i: 1] ~ zeros();
            y[i] = x[i] + p[i];
        }
        layer g5() {
            input x[i: 1];
            param w[k: 1, i: 1] ~ ones();
            param v[j: 4, k: 1] ~ ones();
            h[i] = min(j: stop(max(k: atan(tanhshrink(w[i, 0])))));
            g[k] = min(i, j: (cos(w[k, i]) + (stop(h[k + i]) * erf(0.5))));
            y[j, k: 3] = g[0] * v[j, 0] + x[0];
        }
        pub Statements5< input(1); lift5; g5; silu >
        layer lift6() {
            input x[i: 4];
            param p[i: 4] ~ zeros();
            y[i] = x[i] + p[i];
        }
        layer g6() {
            input x[i: 4];
            param w ~ ones();
            h[i] = (exp_m1(abs(((w / 0.1) * w))) * (-1));
            y = min(h[3], 0.1) + x[3];
        }
        pub Statements6< input(4); lift6; g6; silu >
        layer lift7() {
            input x[i: 2, j: 4];
            param p[i: 2, j: 4] ~ zeros();
            y[i, j] = x[i, j] + p[i, j];
        }
        layer g7() {
            input x[i: 2, j: 4];
            param w[i: 2] ~ ones();
            param v[k: 1, i: 2] ~ ones();
            h[4 * k + j] = (if (-1) > 1 { tan(tanh(w[1])) } else { exp(w[k + 1]) });
            y[j: 3, i] = mean(k: (exp(exp(0.5)) - 1)) * v[0, 1] + x[i, j];
        }
        pub Statements7< input(2, 4); lift7; g7; tanh >
        layer lift8() {
            input x[i: 1];
            param p[i: 1] ~ zeros();
            y[i] = x[i] + p[i];
        }
        layer g8() {
            input x[i: 1];
            param w ~ ones();
            h[i] = ln(sigmoid(max((0.1 - max(x[i], x[i])), 0.1)));
            g[i] = clamp(clamp(exp_m1(erfc((-1))), -0.3, pi), -0.3, pi);
            y = sum(i: 0) * w + x[0];
        }
        pub Statements8< input(1); lift8; g8; celu(0.5) >
        layer lift9() {
            input x[i: 3, j: 1];
            param p[i: 3, j: 1] ~ zeros();
            y[i, j] = x[i, j] + p[i, j];
        }
        layer g9() {
            input x[i: 3, j: 1];
            param w[k: 1, i: 3] ~ ones();
            h[j, i: 3] = mean(k: ((-(exp(w[j, i]) * exp(w[j, i]))) ^ 2));
            y[i, j] = (h[j, i] - max(k: sin(softplus((-0.7))))) + x[i, 0];
        }
        pub Statements9< input(3, 1); lift9; g9; tanh >
        layer lift10() {
            input x[i: 3];
            param p[i: 3] ~ zeros();
            y[i] = x[i] + p[i];
        }
        layer g10() {
            input x[i: 3];
            param w[j: 3, k: 2] ~ ones();
            h = ((exp(w[2, 1]) + x[2]) + 1);
            g = ((cos(exp(w[2, 1])) / 0.1) * sqrt(tan(x[2])));
            y = (max(i, j: (h * 1.5)) - 0) + x[2];
        }
        pub Statements10< input(3); lift10; g10; tanh >
        layer lift11() {
            input x[i: 2];
            param p[i: 2] ~ zeros();
            y[i] = x[i] + p[i];
        }
        layer g11() {
            input x[i: 2];
            param w[k: 1, i: 2] ~ ones();
            h = sum(k, i: x[i] * w[k, k + i]);
            y[i, k: 4] = (tanh(tanh((-0.7))) + softplus(h)) + x[1];
        }
        pub Statements11< input(2); lift11; g11; tanh >
        layer lift12() {
            input x[i: 1, j: 4];
            param p[i: 1, j: 4] ~ zeros();
            y[i, j] = x[i, j] + p[i, j];
        }
        layer g12() {
            input x[i: 1, j: 4];
            param w[k: 4] ~ ones();
            param v[i: 1] ~ ones();
            h[i] = max(k: x[2 * i, k] * w[k]);
            g[j] = sum(i: v[i] * w[j]);
            y = ln((1 + sqrt(atan(w[3])))) + x[0, 3];
        }
        pub Statements12< input(1, 4); lift12; g12 >
        layer lift13() {
            input x[i: 2];
            param p[i: 2] ~ zeros();
            y[i] = x[i] + p[i];
        }
        layer g13() {
            input x[i: 2];
            param w ~ ones();
            param v[k: 4, i: 2] ~ ones();
            h[i: 4, k] = ((if x[1] > x[1] { w } else { 0 }) / x[1]);
            y[2 * k + i] = min(exp(w), sin(x[i])) * v[k, 1] + x[i];
        }
        pub Statements13< input(2); lift13; g13; tanh >
        layer lift14() {
            input x[i: 2, j: 3];
            param p[i: 2, j: 3] ~ zeros();
            y[i, j] = x[i, j] + p[i, j];
        }
        layer g14() {
            input x[i: 2, j: 3];
            param w[j: 3, k: 2] ~ ones();
            param v[k: 2] ~ ones();
            h[k: 1] = ln(exp_m1((if w[k, k] >= v[1] { x[k + 1, k + 1] } else { softplus(w[k, k]) })));
            g[j, i] = sign(min(k: max((-x[i, i + 1]), relu(tan(h[0])))));
            y[i: 3, k] = (abs(v[1]) + abs(v[1])) + x[k, i];
        }
        pub Statements14< input(2, 3); lift14; g14; silu >
        layer lift15() {
            input x[i: 3];
            param p[i: 3] ~ zeros();
            y[i] = x[i] + p[i];
        }
        layer g15() {
            input x[i: 3];
            param w[k: 1] ~ ones();
            h[i: 2] = tan(atan(ln((1 - clamp(w[0], -0.3, pi)))));
            g[3 * k + i] = (if x[i] < x[i] { clamp(w[0], -0.3, pi) } else { (-1) });
            y[i: 2] = w[0] + x[i];
        }
        pub Statements15< input(3); lift15; g15; tanh >
    }
}

pub mod plain {
    tapeless::__private::network_as_loops! {
        activation f0(x; a = 0.7, learn q = 0.3) = max(erf(max((((-0.7) + x) - mish((x / x))), 1)), (x - (sign(q) / tan((-1)))));
        pub Expression0< input(2); linear(2, 3); f0; tanh >
        activation f1(x; a = 0.7, learn q = 0.3) = ((stop((((-q) / (sin(a) + (0.5 - 2))) * sigmoid(hardtanh(x)))))^-2);
        pub Expression1< input(2); linear(2, 3); f1; linear(3, 2) >
        activation f2(x; a = 0.7, learn q = 0.3) = q * abs(min(atan(silu(ln(sqrt(x)))), ln(abs(sin((-(x * x)))) + 0.5)));
        pub Expression2< input(2); linear(2, 3); f2; tanh >
        activation f3(x; a = 0.7, learn q = 0.3) = ((abs(a) - (erf(exp(a)) / (a / tanhshrink(erfc(0.1))))) * (2 * ((q - erf(x)) / 1.5)));
        pub Expression3< input(2); linear(2, 3); f3; tanh >
        activation f4(x; a = 0.7, learn q = 0.3) = max(ln((1 + ((stop(x) * 1) + x))), threshold(silu(sign(q))));
        pub Expression4< input(2); linear(2, 3); f4 >
        activation f5(x; a = 0.7, learn q = 0.3) = q * softplus(min(0.5, (sqrt(abs((ln(a) - x)) + 0.5) / 1)));
        pub Expression5< input(2); linear(2, 3); f5; tanh >
        activation f6(x; a = 0.7, learn q = 0.3) = mish((atan((exp_m1(abs(q)) / a)) + (a / 0.1))) + x;
        pub Expression6< input(2); linear(2, 3); f6; tanh >
        activation f7(x; a = 0.7, learn q = 0.3) = q * ((if 1 < tanh(a) { a } else { (((1 + erf((a - a))))^-2) }) * (((if x >= a { sign(a) } else { tanh(exp_m1(a)) }))^-1));
        pub Expression7< input(2); linear(2, 3); f7 >
        activation f8(x; a = 0.7, learn q = 0.3) = ln(abs(mish((((erf(0.1) / q))^2))) + 0.5) + x;
        pub Expression8< input(2); linear(2, 3); f8; linear(3, 2) >
        activation f9(x; a = 0.7, learn q = 0.3) = stop((((if 2 < x { q } else { max(x, q) }) / stop(((abs(ln_1p(0.5)) + 0.5)^(q)))) / atan(abs(x))));
        pub Expression9< input(2); linear(2, 3); f9; tanh >
        activation f10(x; a = 0.7, learn q = 0.3) = q * (gelu(tanh((x - x))) + ((((-ln_1p((-0.7))))^1) - stop(0)));
        pub Expression10< input(2); linear(2, 3); f10 >
        activation f11(x; a = 0.7, learn q = 0.3) = ((0.1 * exp((exp_m1(tanh((x / 2))) + sigmoid(q)))) + ((-3) * exp((exp_m1(tanh((x / 2))) + sigmoid(q)))));
        pub Expression11< input(2); linear(2, 3); f11; linear(3, 2) >
        activation f12(x; a = 0.7, learn q = 0.3) = q * stop(abs((if x == (pi + x) { cos(stop((-1))) } else { x })));
        pub Expression12< input(2); linear(2, 3); f12; linear(3, 2) >
        activation f13(x; a = 0.7, learn q = 0.3) = ((abs(x) + 0.5)^(((sign(q) + a) * erf(abs(max(0.5, (-x)))))));
        pub Expression13< input(2); linear(2, 3); f13 >
        activation f14(x; a = 0.7, learn q = 0.3) = q * exp((exp_m1(silu(((softplus((-1)))^9))) / (1 + exp(silu(((softplus((-1)))^9)))))) + x;
        pub Expression14< input(2); linear(2, 3); f14; linear(3, 2) >
        activation f15(x; a = 0.7, learn q = 0.3) = (((tan(atan((a / (-q)))) - atan(max(q, atan(a)))) - ln(abs(exp(pi)) + 0.5)) * (q - (-q))) + x;
        pub Expression15< input(2); linear(2, 3); f15; tanh >
        activation f16(x; a = 0.7, learn q = 0.3) = q * sin(((3 + 0) + sigmoid((tanh(cos((-0.7))) - exp((a * 1)))))) + x;
        pub Expression16< input(2); linear(2, 3); f16; linear(3, 2) >
        activation f17(x; a = 0.7, learn q = 0.3) = (sigmoid(ln((exp(a) / x))) / (1 + exp(min((if x > x { tanh((a * x)) } else { q }), (-0.7)))));
        pub Expression17< input(2); linear(2, 3); f17 >
        activation f18(x; a = 0.7, learn q = 0.3) = (((q * q) / relu6((x - q))) / tanh(atan(sin(x))));
        pub Expression18< input(2); linear(2, 3); f18 >
        activation f19(x; a = 0.7, learn q = 0.3) = q * (max((2 - tanh(a)), ln_1p(abs(cos(x)) + 0.5)) / (1 + exp(((((ln_1p(erfc((-0.7))) ^ 0) - sign(cos(x))))^2))));
        pub Expression19< input(2); linear(2, 3); f19; linear(3, 2) >
        activation f20(x; a = 0.7, learn q = 0.3) = q * softsign(((exp(0) * exp(softplus(softplus(a)))) * (-ln(x))));
        pub Expression20< input(2); linear(2, 3); f20 >
        activation f21(x; a = 0.7, learn q = 0.3) = abs((-(if q < a { erfc(((-exp(((x)^1))) ^ 2)) } else { 0 })));
        pub Expression21< input(2); linear(2, 3); f21; linear(3, 2) >
        activation f22(x; a = 0.7, learn q = 0.3) = (softplus(abs((((x)^2) * ((x)^2)))) * (silu(atan((q / sqrt(x)))) / 3));
        pub Expression22< input(2); linear(2, 3); f22 >
        activation f23(x; a = 0.7, learn q = 0.3) = q * mish((if x < 1 { ((-1) ^ 0) } else { ((-1) ^ 0) }));
        pub Expression23< input(2); linear(2, 3); f23; tanh >
        activation f24(x; a = 0.7, learn q = 0.3) = (tanh((min(sin(x), 1.5) / max(sigmoid(0.1), max((-0.7), erfc(q))))) - sign((hardtanh(sin(q)) + (x + atan(q)))));
        pub Expression24< input(2); linear(2, 3); f24 >
        activation f25(x; a = 0.7, learn q = 0.3) = ((max(cos((sin(exp_m1(x)) * (x / x))), (exp(q) - q)))^-1);
        pub Expression25< input(2); linear(2, 3); f25 >
        activation f26(x; a = 0.7, learn q = 0.3) = (clamp(abs(softsign(tan(a))), -0.3, pi) / ((sin((erfc(q) * q)) * exp_m1(a)) - softplus(3))) + x;
        pub Expression26< input(2); linear(2, 3); f26; tanh >
        activation f27(x; a = 0.7, learn q = 0.3) = (threshold(q) * (if (2 / q) > q { ((q - x) - exp(((q)^3))) } else { stop(sqrt(x)) }));
        pub Expression27< input(2); linear(2, 3); f27; linear(3, 2) >
        activation f28(x; a = 0.7, learn q = 0.3) = q * clamp(max(stop(clamp(x, -0.3, pi)), ((abs(atan(hardtanh(abs(x)))) + 0.5)^1.5)), -0.3, pi);
        pub Expression28< input(2); linear(2, 3); f28 >
        activation f29(x; a = 0.7, learn q = 0.3) = (((q)^-1) / (1 + exp((-hardtanh(((relu6(stop(x)))^3))))));
        pub Expression29< input(2); linear(2, 3); f29 >
        layer lift0() {
            input x[i: 1, j: 3];
            param p[i: 1, j: 3] ~ zeros();
            y[i, j] = x[i, j] + p[i, j];
        }
        layer g0() {
            input x[i: 1, j: 3];
            param w[k: 3, i: 1] ~ ones();
            h[k, j: 2] = (if x[0, k] < x[0, k] { min(cos(x[0, j]), 0.1) } else { x[0, 2 * j] });
            y[i: 1] = ((h[i, i] - abs(x[i, i])) - x[0, i]) * w[i, 2 * i] + x[i, i];
        }
        pub Statements0< input(1, 3); lift0; g0; celu(0.5) >
        layer lift1() {
            input x[i: 3, j: 1];
            param p[i: 3, j: 1] ~ zeros();
            y[i, j] = x[i, j] + p[i, j];
        }
        layer g1() {
            input x[i: 3, j: 1];
            param w[k: 4, i: 3] ~ ones();
            h[j] = min(k, i: (w[k, 2 * j] / tanh(ln(2))));
            g[j, i] = softsign(tanh(x[i, j]));
            y = w[3, 2] + x[2, 0];
        }
        pub Statements1< input(3, 1); lift1; g1; tanh >
        layer lift2() {
            input x[i: 3];
            param p[i: 3] ~ zeros();
            y[i] = x[i] + p[i];
        }
        layer g2() {
            input x[i: 3];
            param w[k: 2, i: 3] ~ ones();
            h[2 * i + k] = ((tan((x[2 * k] + 0)) / x[i]) + (-x[i]));
            g[i] = sum(k: stop(((sign(cos(h[5])) - x[2 * k]) - h[i + 1])));
            y[k] = min(i: x[i] * x[2 * k]) * w[k, k + 1] + x[2 * k];
        }
        pub Statements2< input(3); lift2; g2 >
        layer lift3() {
            input x[i: 3];
            param p[i: 3] ~ zeros();
            y[i] = x[i] + p[i];
        }
        layer g3() {
            input x[i: 3];
            param w[i: 3] ~ ones();
            param v[k: 4] ~ ones();
            h[k, i] = (if w[i] != 1 { erfc(x[i]) } else { ln(exp(0.5)) });
            y[i, k] = atan(((v[k] * 0.5) - 0)) + x[i];
        }
        pub Statements3< input(3); lift3; g3; tanh >
        layer lift4() {
            input x[i: 1];
            param p[i: 1] ~ zeros();
            y[i] = x[i] + p[i];
        }
        layer g4() {
            input x[i: 1];
            param w ~ ones();
            param v ~ ones();
            h = clamp(softplus((erfc(w) * sign(x[0]))), -0.3, pi);
            y = max(i: h * w) * v + x[0];
        }
        pub Statements4< input(1); lift4; g4; tanh >
        layer lift5() {
            input x[i: 1];
            param p[i: 1] ~ zeros();
            y[i] = x[i] + p[i];
        }
        layer g5() {
            input x[i: 1];
            param w[k: 1, i: 1] ~ ones();
            param v[j: 4, k: 1] ~ ones();
            h[i] = min(j: stop(max(k: atan(tanhshrink(w[i, 0])))));
            g[k] = min(i, j: (cos(w[k, i]) + (stop(h[k + i]) * erf(0.5))));
            y[j, k: 3] = g[0] * v[j, 0] + x[0];
        }
        pub Statements5< input(1); lift5; g5; silu >
        layer lift6() {
            input x[i: 4];
            param p[i: 4] ~ zeros();
            y[i] = x[i] + p[i];
        }
        layer g6() {
            input x[i: 4];
            param w ~ ones();
            h[i] = (exp_m1(abs(((w / 0.1) * w))) * (-1));
            y = min(h[3], 0.1) + x[3];
        }
        pub Statements6< input(4); lift6; g6; silu >
        layer lift7() {
            input x[i: 2, j: 4];
            param p[i: 2, j: 4] ~ zeros();
            y[i, j] = x[i, j] + p[i, j];
        }
        layer g7() {
            input x[i: 2, j: 4];
            param w[i: 2] ~ ones();
            param v[k: 1, i: 2] ~ ones();
            h[4 * k + j] = (if (-1) > 1 { tan(tanh(w[1])) } else { exp(w[k + 1]) });
            y[j: 3, i] = mean(k: (exp(exp(0.5)) - 1)) * v[0, 1] + x[i, j];
        }
        pub Statements7< input(2, 4); lift7; g7; tanh >
        layer lift8() {
            input x[i: 1];
            param p[i: 1] ~ zeros();
            y[i] = x[i] + p[i];
        }
        layer g8() {
            input x[i: 1];
            param w ~ ones();
            h[i] = ln(sigmoid(max((0.1 - max(x[i], x[i])), 0.1)));
            g[i] = clamp(clamp(exp_m1(erfc((-1))), -0.3, pi), -0.3, pi);
            y = sum(i: 0) * w + x[0];
        }
        pub Statements8< input(1); lift8; g8; celu(0.5) >
        layer lift9() {
            input x[i: 3, j: 1];
            param p[i: 3, j: 1] ~ zeros();
            y[i, j] = x[i, j] + p[i, j];
        }
        layer g9() {
            input x[i: 3, j: 1];
            param w[k: 1, i: 3] ~ ones();
            h[j, i: 3] = mean(k: ((-(exp(w[j, i]) * exp(w[j, i]))) ^ 2));
            y[i, j] = (h[j, i] - max(k: sin(softplus((-0.7))))) + x[i, 0];
        }
        pub Statements9< input(3, 1); lift9; g9; tanh >
        layer lift10() {
            input x[i: 3];
            param p[i: 3] ~ zeros();
            y[i] = x[i] + p[i];
        }
        layer g10() {
            input x[i: 3];
            param w[j: 3, k: 2] ~ ones();
            h = ((exp(w[2, 1]) + x[2]) + 1);
            g = ((cos(exp(w[2, 1])) / 0.1) * sqrt(tan(x[2])));
            y = (max(i, j: (h * 1.5)) - 0) + x[2];
        }
        pub Statements10< input(3); lift10; g10; tanh >
        layer lift11() {
            input x[i: 2];
            param p[i: 2] ~ zeros();
            y[i] = x[i] + p[i];
        }
        layer g11() {
            input x[i: 2];
            param w[k: 1, i: 2] ~ ones();
            h = sum(k, i: x[i] * w[k, k + i]);
            y[i, k: 4] = (tanh(tanh((-0.7))) + softplus(h)) + x[1];
        }
        pub Statements11< input(2); lift11; g11; tanh >
        layer lift12() {
            input x[i: 1, j: 4];
            param p[i: 1, j: 4] ~ zeros();
            y[i, j] = x[i, j] + p[i, j];
        }
        layer g12() {
            input x[i: 1, j: 4];
            param w[k: 4] ~ ones();
            param v[i: 1] ~ ones();
            h[i] = max(k: x[2 * i, k] * w[k]);
            g[j] = sum(i: v[i] * w[j]);
            y = ln((1 + sqrt(atan(w[3])))) + x[0, 3];
        }
        pub Statements12< input(1, 4); lift12; g12 >
        layer lift13() {
            input x[i: 2];
            param p[i: 2] ~ zeros();
            y[i] = x[i] + p[i];
        }
        layer g13() {
            input x[i: 2];
            param w ~ ones();
            param v[k: 4, i: 2] ~ ones();
            h[i: 4, k] = ((if x[1] > x[1] { w } else { 0 }) / x[1]);
            y[2 * k + i] = min(exp(w), sin(x[i])) * v[k, 1] + x[i];
        }
        pub Statements13< input(2); lift13; g13; tanh >
        layer lift14() {
            input x[i: 2, j: 3];
            param p[i: 2, j: 3] ~ zeros();
            y[i, j] = x[i, j] + p[i, j];
        }
        layer g14() {
            input x[i: 2, j: 3];
            param w[j: 3, k: 2] ~ ones();
            param v[k: 2] ~ ones();
            h[k: 1] = ln(exp_m1((if w[k, k] >= v[1] { x[k + 1, k + 1] } else { softplus(w[k, k]) })));
            g[j, i] = sign(min(k: max((-x[i, i + 1]), relu(tan(h[0])))));
            y[i: 3, k] = (abs(v[1]) + abs(v[1])) + x[k, i];
        }
        pub Statements14< input(2, 3); lift14; g14; silu >
        layer lift15() {
            input x[i: 3];
            param p[i: 3] ~ zeros();
            y[i] = x[i] + p[i];
        }
        layer g15() {
            input x[i: 3];
            param w[k: 1] ~ ones();
            h[i: 2] = tan(atan(ln((1 - clamp(w[0], -0.3, pi)))));
            g[3 * k + i] = (if x[i] < x[i] { clamp(w[0], -0.3, pi) } else { (-1) });
            y[i: 2] = w[0] + x[i];
        }
        pub Statements15< input(3); lift15; g15; tanh >
    }
}

compare_all! {
    Expression0Of
    Expression1Of
    Expression2Of
    Expression3Of
    Expression4Of
    Expression5Of
    Expression6Of
    Expression7Of
    Expression8Of
    Expression9Of
    Expression10Of
    Expression11Of
    Expression12Of
    Expression13Of
    Expression14Of
    Expression15Of
    Expression16Of
    Expression17Of
    Expression18Of
    Expression19Of
    Expression20Of
    Expression21Of
    Expression22Of
    Expression23Of
    Expression24Of
    Expression25Of
    Expression26Of
    Expression27Of
    Expression28Of
    Expression29Of
    Statements0Of
    Statements1Of
    Statements2Of
    Statements3Of
    Statements4Of
    Statements5Of
    Statements6Of
    Statements7Of
    Statements8Of
    Statements9Of
    Statements10Of
    Statements11Of
    Statements12Of
    Statements13Of
    Statements14Of
    Statements15Of
}

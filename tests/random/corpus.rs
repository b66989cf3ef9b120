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
            h[k, j: 2] = (if x[0, k] < x[0, k] { (-1.5) } else { cos(x[0, j]) });
            y = clamp((-1), -0.3, pi) * h[2, 1] * w[2, 0] + x[0, 2];
        }
        pub Statements0< input(1, 3); lift0; g0; silu >
        layer lift1() {
            input x[i: 3, j: 1];
            param p[i: 3, j: 1] ~ zeros();
            y[i, j] = x[i, j] + p[i, j];
        }
        layer g1() {
            input x[i: 3, j: 1];
            param w[k: 4, i: 3] ~ ones();
            h[j] = min(k, i: (w[k, 2 * j] / exp_m1(pi)));
            g[i, k] = h[0];
            y[j: 4] = (pi / sigmoid(w[j, 2])) * g[2, j] + x[2, 0];
        }
        pub Statements1< input(3, 1); lift1; g1; silu >
        layer lift2() {
            input x[i: 4];
            param p[i: 4] ~ zeros();
            y[i] = x[i] + p[i];
        }
        layer g2() {
            input x[i: 4];
            param w[k: 3] ~ ones();
            param v ~ ones();
            h[i] = sum(k: max((atan(v) * tanh(v)), w[2]));
            y = max(i, k: h[i] * h[i]) + x[3];
        }
        pub Statements2< input(4); lift2; g2 >
        layer lift3() {
            input x[i: 3];
            param p[i: 3] ~ zeros();
            y[i] = x[i] + p[i];
        }
        layer g3() {
            input x[i: 3];
            param w[i: 3] ~ ones();
            param v[k: 4] ~ ones();
            h[k, i] = (if w[i] != 1 { (v[i + 1] * v[k]) } else { v[k] });
            y = sum(i: (v[i + 1] * 1.5)) * h[3, 2] + x[2];
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
            h = clamp(softplus((erfc(w) * v)), -0.3, pi);
            y[i] = (cos(w) * 1) * h + x[2 * i];
        }
        pub Statements4< input(1); lift4; g4 >
        layer lift5() {
            input x[i: 4, j: 1];
            param p[i: 4, j: 1] ~ zeros();
            y[i, j] = x[i, j] + p[i, j];
        }
        layer g5() {
            input x[i: 4, j: 1];
            param w[k: 3, i: 4] ~ ones();
            param v[i: 4] ~ ones();
            h = (sqrt(stop(1.5)) - (-ln(tanh(w[2, 3]))));
            y[j, i] = tanh((0.1 / w[2 * j, i])) * h * v[i] + x[i, j];
        }
        pub Statements5< input(4, 1); lift5; g5; silu >
        layer lift6() {
            input x[i: 4];
            param p[i: 4] ~ zeros();
            y[i] = x[i] + p[i];
        }
        layer g6() {
            input x[i: 4];
            param w ~ ones();
            h[i] = ((if (-1) >= x[i] { w } else { 0 }) * 2);
            y = tanh(h[3]) + x[3];
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
            h[4 * k + j] = (if (-1) > 1 { x[1, j] } else { tanh(exp(w[k + 1])) });
            y[j: 3, i] = mean(k: (w[1] ^ 0)) * h[j] * v[0, i] + x[i, j];
        }
        pub Statements7< input(2, 4); lift7; g7; silu >
        layer lift8() {
            input x[i: 1];
            param p[i: 1] ~ zeros();
            y[i] = x[i] + p[i];
        }
        layer g8() {
            input x[i: 1];
            param w ~ ones();
            h[i] = ((-3) * (x[i] / 0.1));
            g = min(i: sqrt(((-exp(cos(h[i]))) ^ 2)));
            y[i] = erf(((-1) / 2)) * g * w + x[i];
        }
        pub Statements8< input(1); lift8; g8; silu >
        layer lift9() {
            input x[i: 3, j: 1];
            param p[i: 3, j: 1] ~ zeros();
            y[i, j] = x[i, j] + p[i, j];
        }
        layer g9() {
            input x[i: 3, j: 1];
            param w[k: 1, i: 3] ~ ones();
            h[j, i: 3] = mean(k: ((exp(w[j, i]) * exp(w[j, i])) * (-1)));
            y[i, j] = (h[j, i] - cos(h[j, i + j])) + x[i, 2 * j];
        }
        pub Statements9< input(3, 1); lift9; g9; celu(0.5) >
        layer lift10() {
            input x[i: 3];
            param p[i: 3] ~ zeros();
            y[i] = x[i] + p[i];
        }
        layer g10() {
            input x[i: 3];
            param w[j: 3, k: 2] ~ ones();
            h = ((exp(w[2, 1]) + ((x[2])^1)) + (-0.7));
            g[k: 4, i] = max(j: ln((1 + (1 - erf(w[j, 1])))));
            y[2 * i + k] = ((-g[k + 1, i]) / h) + x[k + 1];
        }
        pub Statements10< input(3); lift10; g10; celu(0.5) >
        layer lift11() {
            input x[i: 3, j: 4];
            param p[i: 3, j: 4] ~ zeros();
            y[i, j] = x[i, j] + p[i, j];
        }
        layer g11() {
            input x[i: 3, j: 4];
            param w[j: 4, k: 2] ~ ones();
            param v[i: 3] ~ ones();
            h = min(k: (1 - exp(2)));
            g[i] = clamp(min(k: v[i] * w[i + 1, k]), -0.3, pi);
            y[k, j] = (stop(h) - h) * g[k + 1] + x[2 * k, j];
        }
        pub Statements11< input(3, 4); lift11; g11; celu(0.5) >
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
            y = (erf(h[0]) ^ 1) * g[3] + x[0, 3];
        }
        pub Statements12< input(1, 4); lift12; g12; celu(0.5) >
        layer lift13() {
            input x[i: 2];
            param p[i: 2] ~ zeros();
            y[i] = x[i] + p[i];
        }
        layer g13() {
            input x[i: 2];
            param w ~ ones();
            param v[k: 4, i: 2] ~ ones();
            h[i: 4, k] = (((x[1])^5) * ((x[1])^5));
            y[i] = (w * sign(x[i])) * h[i + 1, i + 1] * v[i + 1, i] + x[i];
        }
        pub Statements13< input(2); lift13; g13; silu >
        layer lift14() {
            input x[i: 2, j: 3];
            param p[i: 2, j: 3] ~ zeros();
            y[i, j] = x[i, j] + p[i, j];
        }
        layer g14() {
            input x[i: 2, j: 3];
            param w[j: 3, k: 2] ~ ones();
            param v[k: 2] ~ ones();
            h[k: 1] = (erfc(sigmoid(pi)) - (-tanh(ln_1p(3))));
            g[k] = ln_1p(abs(min(j, i: x[1, j] * w[j, i])) + 0.5);
            y[i: 3] = sum(k: 0) * g[1] * h[0] * v[1] + x[1, 2];
        }
        pub Statements14< input(2, 3); lift14; g14; celu(0.5) >
        layer lift15() {
            input x[i: 3];
            param p[i: 3] ~ zeros();
            y[i] = x[i] + p[i];
        }
        layer g15() {
            input x[i: 3];
            param w[k: 1] ~ ones();
            h[i: 2] = tan(atan((1.5 * (1.5 * ln(w[0])))));
            g[i, k] = ln((1 - ln(abs(x[i]) + 0.5)));
            y = (w[0] - (-(-1))) * g[2, 0] * h[1] + x[2];
        }
        pub Statements15< input(3); lift15; g15; celu(0.5) >
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
            h[k, j: 2] = (if x[0, k] < x[0, k] { (-1.5) } else { cos(x[0, j]) });
            y = clamp((-1), -0.3, pi) * h[2, 1] * w[2, 0] + x[0, 2];
        }
        pub Statements0< input(1, 3); lift0; g0; silu >
        layer lift1() {
            input x[i: 3, j: 1];
            param p[i: 3, j: 1] ~ zeros();
            y[i, j] = x[i, j] + p[i, j];
        }
        layer g1() {
            input x[i: 3, j: 1];
            param w[k: 4, i: 3] ~ ones();
            h[j] = min(k, i: (w[k, 2 * j] / exp_m1(pi)));
            g[i, k] = h[0];
            y[j: 4] = (pi / sigmoid(w[j, 2])) * g[2, j] + x[2, 0];
        }
        pub Statements1< input(3, 1); lift1; g1; silu >
        layer lift2() {
            input x[i: 4];
            param p[i: 4] ~ zeros();
            y[i] = x[i] + p[i];
        }
        layer g2() {
            input x[i: 4];
            param w[k: 3] ~ ones();
            param v ~ ones();
            h[i] = sum(k: max((atan(v) * tanh(v)), w[2]));
            y = max(i, k: h[i] * h[i]) + x[3];
        }
        pub Statements2< input(4); lift2; g2 >
        layer lift3() {
            input x[i: 3];
            param p[i: 3] ~ zeros();
            y[i] = x[i] + p[i];
        }
        layer g3() {
            input x[i: 3];
            param w[i: 3] ~ ones();
            param v[k: 4] ~ ones();
            h[k, i] = (if w[i] != 1 { (v[i + 1] * v[k]) } else { v[k] });
            y = sum(i: (v[i + 1] * 1.5)) * h[3, 2] + x[2];
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
            h = clamp(softplus((erfc(w) * v)), -0.3, pi);
            y[i] = (cos(w) * 1) * h + x[2 * i];
        }
        pub Statements4< input(1); lift4; g4 >
        layer lift5() {
            input x[i: 4, j: 1];
            param p[i: 4, j: 1] ~ zeros();
            y[i, j] = x[i, j] + p[i, j];
        }
        layer g5() {
            input x[i: 4, j: 1];
            param w[k: 3, i: 4] ~ ones();
            param v[i: 4] ~ ones();
            h = (sqrt(stop(1.5)) - (-ln(tanh(w[2, 3]))));
            y[j, i] = tanh((0.1 / w[2 * j, i])) * h * v[i] + x[i, j];
        }
        pub Statements5< input(4, 1); lift5; g5; silu >
        layer lift6() {
            input x[i: 4];
            param p[i: 4] ~ zeros();
            y[i] = x[i] + p[i];
        }
        layer g6() {
            input x[i: 4];
            param w ~ ones();
            h[i] = ((if (-1) >= x[i] { w } else { 0 }) * 2);
            y = tanh(h[3]) + x[3];
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
            h[4 * k + j] = (if (-1) > 1 { x[1, j] } else { tanh(exp(w[k + 1])) });
            y[j: 3, i] = mean(k: (w[1] ^ 0)) * h[j] * v[0, i] + x[i, j];
        }
        pub Statements7< input(2, 4); lift7; g7; silu >
        layer lift8() {
            input x[i: 1];
            param p[i: 1] ~ zeros();
            y[i] = x[i] + p[i];
        }
        layer g8() {
            input x[i: 1];
            param w ~ ones();
            h[i] = ((-3) * (x[i] / 0.1));
            g = min(i: sqrt(((-exp(cos(h[i]))) ^ 2)));
            y[i] = erf(((-1) / 2)) * g * w + x[i];
        }
        pub Statements8< input(1); lift8; g8; silu >
        layer lift9() {
            input x[i: 3, j: 1];
            param p[i: 3, j: 1] ~ zeros();
            y[i, j] = x[i, j] + p[i, j];
        }
        layer g9() {
            input x[i: 3, j: 1];
            param w[k: 1, i: 3] ~ ones();
            h[j, i: 3] = mean(k: ((exp(w[j, i]) * exp(w[j, i])) * (-1)));
            y[i, j] = (h[j, i] - cos(h[j, i + j])) + x[i, 2 * j];
        }
        pub Statements9< input(3, 1); lift9; g9; celu(0.5) >
        layer lift10() {
            input x[i: 3];
            param p[i: 3] ~ zeros();
            y[i] = x[i] + p[i];
        }
        layer g10() {
            input x[i: 3];
            param w[j: 3, k: 2] ~ ones();
            h = ((exp(w[2, 1]) + ((x[2])^1)) + (-0.7));
            g[k: 4, i] = max(j: ln((1 + (1 - erf(w[j, 1])))));
            y[2 * i + k] = ((-g[k + 1, i]) / h) + x[k + 1];
        }
        pub Statements10< input(3); lift10; g10; celu(0.5) >
        layer lift11() {
            input x[i: 3, j: 4];
            param p[i: 3, j: 4] ~ zeros();
            y[i, j] = x[i, j] + p[i, j];
        }
        layer g11() {
            input x[i: 3, j: 4];
            param w[j: 4, k: 2] ~ ones();
            param v[i: 3] ~ ones();
            h = min(k: (1 - exp(2)));
            g[i] = clamp(min(k: v[i] * w[i + 1, k]), -0.3, pi);
            y[k, j] = (stop(h) - h) * g[k + 1] + x[2 * k, j];
        }
        pub Statements11< input(3, 4); lift11; g11; celu(0.5) >
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
            y = (erf(h[0]) ^ 1) * g[3] + x[0, 3];
        }
        pub Statements12< input(1, 4); lift12; g12; celu(0.5) >
        layer lift13() {
            input x[i: 2];
            param p[i: 2] ~ zeros();
            y[i] = x[i] + p[i];
        }
        layer g13() {
            input x[i: 2];
            param w ~ ones();
            param v[k: 4, i: 2] ~ ones();
            h[i: 4, k] = (((x[1])^5) * ((x[1])^5));
            y[i] = (w * sign(x[i])) * h[i + 1, i + 1] * v[i + 1, i] + x[i];
        }
        pub Statements13< input(2); lift13; g13; silu >
        layer lift14() {
            input x[i: 2, j: 3];
            param p[i: 2, j: 3] ~ zeros();
            y[i, j] = x[i, j] + p[i, j];
        }
        layer g14() {
            input x[i: 2, j: 3];
            param w[j: 3, k: 2] ~ ones();
            param v[k: 2] ~ ones();
            h[k: 1] = (erfc(sigmoid(pi)) - (-tanh(ln_1p(3))));
            g[k] = ln_1p(abs(min(j, i: x[1, j] * w[j, i])) + 0.5);
            y[i: 3] = sum(k: 0) * g[1] * h[0] * v[1] + x[1, 2];
        }
        pub Statements14< input(2, 3); lift14; g14; celu(0.5) >
        layer lift15() {
            input x[i: 3];
            param p[i: 3] ~ zeros();
            y[i] = x[i] + p[i];
        }
        layer g15() {
            input x[i: 3];
            param w[k: 1] ~ ones();
            h[i: 2] = tan(atan((1.5 * (1.5 * ln(w[0])))));
            g[i, k] = ln((1 - ln(abs(x[i]) + 0.5)));
            y = (w[0] - (-(-1))) * g[2, 0] * h[1] + x[2];
        }
        pub Statements15< input(3); lift15; g15; celu(0.5) >
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

//! Random activations and layers, compiled to fast kernels and to plain loops.
//!
//! Written by a test of nncompiler, which holds it as it is: `UPDATE_RANDOM=1 cargo test -p nncompiler`.

pub mod fast {
    tapeless::network! {
        activation f0(x; learn q = 0.3) = max(erf(max((((-0.7) + x) - mish((x / x))), 1)), (x - (sign(q) / tan((-1)))));
        pub Expression0< input(2); linear(2, 3); f0; tanh >
        activation f1(x; a = 0.7, learn q = 0.3) = ((stop((((-q) / (sin(a) + (0.5 - 2))) * sigmoid(hardtanh(x)))))^-2);
        pub Expression1< input(2); linear(2, 3); f1; linear(3, 2) >
        activation f2(x; learn q = 0.3) = q * abs(min(atan(silu(ln(sqrt(x)))), ln(abs(sin((-(x * x)))) + 0.5)));
        pub Expression2< input(2); linear(2, 3); f2; tanh >
        activation f3(x; a = 0.7, learn q = 0.3) = q * ((abs(a) - (erf(exp(a)) / (a / tanhshrink(erfc(0.1))))) * ln_1p(exp(x)));
        pub Expression3< input(2); linear(2, 3); f3 >
        activation f4(x; a = 0.7, learn q = 0.3) = max(((if a < 0.5 { 0 } else { a }) / 3), softplus((a + relu(((abs(erf(q)) + 0.5)^0.5))))) + x;
        pub Expression4< input(2); linear(2, 3); f4 >
        activation f5(x; learn q = 0.3) = q * softplus(min(0.5, (sqrt(stop(1.5)) / (1 + exp(ln(tanh(x)))))));
        pub Expression5< input(2); linear(2, 3); f5; tanh >
        activation f6(x; a = 0.7, learn q = 0.3) = mish((atan((exp_m1(abs(q)) / a)) + (a / 0.1))) + x;
        pub Expression6< input(2); linear(2, 3); f6; tanh >
        activation f7(x; a = 0.7, learn q = 0.3) = ((if 1 < tanh(a) { a } else { ((((q - pi) * 1))^-1) }) * exp_m1((if x != x { (sin(q) / ln_1p(x)) } else { q })));
        pub Expression7< input(2); linear(2, 3); f7; tanh >
        activation f8(x; learn q = 0.3) = ln(abs(mish((((erf(0.1) / q))^2))) + 0.5) + x;
        pub Expression8< input(2); linear(2, 3); f8; linear(3, 2) >
        activation f9(x; learn q = 0.3) = stop((((if 2 < x { q } else { max(x, q) }) / stop(((abs(ln_1p(0.5)) + 0.5)^(q)))) / atan(abs(x))));
        pub Expression9< input(2); linear(2, 3); f9; tanh >
        activation f10(x; learn q = 0.3) = q * (gelu(tanh((x - x))) + ((((-ln_1p((-0.7))))^1) - stop(0)));
        pub Expression10< input(2); linear(2, 3); f10 >
        activation f11(x; learn q = 0.3) = (1 + erf(relu6(abs(erf(((x - 3) / sigmoid(q)))))));
        pub Expression11< input(2); linear(2, 3); f11; linear(3, 2) >
        activation f12(x; learn q = 0.3) = q * stop(abs((if x == (pi + x) { cos(stop((-1))) } else { x })));
        pub Expression12< input(2); linear(2, 3); f12; linear(3, 2) >
        activation f13(x; a = 0.7, learn q = 0.3) = ((abs(x) + 0.5)^(((sign(q) + a) * erf(abs(max(0.5, (-x)))))));
        pub Expression13< input(2); linear(2, 3); f13 >
        activation f14(x; learn q = 0.3) = q * exp(((silu(((softplus((-1)))^9)) ^ 2) * silu(((softplus((-1)))^9)))) + x;
        pub Expression14< input(2); linear(2, 3); f14; linear(3, 2) >
        activation f15(x; a = 0.7, learn q = 0.3) = (((tan(atan((a / (-q)))) - atan(max(q, atan(a)))) - ln(abs(exp(pi)) + 0.5)) * (q - (-q))) + x;
        pub Expression15< input(2); linear(2, 3); f15; tanh >
        activation f16(x; learn q = 0.3) = sin(((q - (-q)) + min(max((tanh(0.1) * x), ((2 / x) * q)), 1.5)));
        pub Expression16< input(2); linear(2, 3); f16 >
        activation f17(x; a = 0.7, learn q = 0.3) = ((if 2 < q { (if q != 0.1 { a } else { softplus(x) }) } else { 0 }) * max((sign(x) * q), sigmoid(0.1)));
        pub Expression17< input(2); linear(2, 3); f17 >
        activation f18(x; learn q = 0.3) = (if x <= x { softplus(tanh(sign(q))) } else { sigmoid(((abs(q) - 0) / (x * sin(x)))) });
        pub Expression18< input(2); linear(2, 3); f18 >
        activation f19(x; a = 0.7, learn q = 0.3) = q * ((max((2 - tanh(a)), ln_1p(abs(cos(x)) + 0.5)) ^ 2) * max((2 - tanh(a)), ln_1p(abs(cos(x)) + 0.5)));
        pub Expression19< input(2); linear(2, 3); f19; linear(3, 2) >
        activation f20(x; a = 0.7, learn q = 0.3) = ln((exp((-(-(atan(ln((exp(q) / pi))) ^ 1)))) / (((-1) / erf(q)) - (if q == x { a } else { a }))));
        pub Expression20< input(2); linear(2, 3); f20; tanh >
        activation f21(x; a = 0.7, learn q = 0.3) = stop(sqrt(abs((if (pi / cos(q)) > exp_m1(x) { ln((1 - tanh(stop(x)))) } else { ((sign(a) / (-3)) * softplus(x)) })) + 0.5));
        pub Expression21< input(2); linear(2, 3); f21; tanh >
        activation f22(x; learn q = 0.3) = q * (softplus(abs(ln(exp_m1(((((-x) / 1.5))^2))))) * clamp(ln((1 + exp(clamp((x * tanh(pi)), 0, 6)))), 0, 6));
        pub Expression22< input(2); linear(2, 3); f22 >
        activation f23(x; learn q = 0.3) = abs((-exp((ln_1p(abs(1.5) + 0.5) * tanh(erfc(q)))))) + x;
        pub Expression23< input(2); linear(2, 3); f23 >
        activation f24(x; learn q = 0.3) = (tanh((min(sin(x), 1.5) / max(sigmoid(0.1), max((-0.7), erfc(q))))) - sign((tanh(min(0.1, sqrt(x))) + (x + cos(q)))));
        pub Expression24< input(2); linear(2, 3); f24; tanh >
        activation f25(x; learn q = 0.3) = q * (exp(abs(tanh(x))) * exp(hardtanh(((exp_m1(0.5) * x) - x))));
        pub Expression25< input(2); linear(2, 3); f25; tanh >
        activation f26(x; a = 0.7, learn q = 0.3) = (clamp(abs(softsign(tan(a))), -0.3, pi) / ((sin((erfc(q) * q)) * exp_m1(a)) - softplus(3))) + x;
        pub Expression26< input(2); linear(2, 3); f26; tanh >
        activation f27(x; learn q = 0.3) = (threshold(q) * (if (2 / q) > q { ((q - x) - exp(((q)^3))) } else { stop(sqrt(x)) }));
        pub Expression27< input(2); linear(2, 3); f27; linear(3, 2) >
        activation f28(x; learn q = 0.3) = q * clamp(max(stop(clamp(x, -0.3, pi)), ((abs(atan(hardtanh(abs(x)))) + 0.5)^1.5)), -0.3, pi);
        pub Expression28< input(2); linear(2, 3); f28 >
        activation f29(x; learn q = 0.3) = ((if x > q { (if q > (-0.7) { silu(x) } else { 0 }) } else { (erfc(abs(q)) - 0) }) * (((x * x))^-2));
        pub Expression29< input(2); linear(2, 3); f29; tanh >
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
            input x[i: 3];
            param p[i: 3] ~ zeros();
            y[i] = x[i] + p[i];
        }
        layer g2() {
            input x[i: 3];
            param w[k: 2, i: 3] ~ ones();
            h[2 * i + k] = (x[k + 1] + tan((1 - exp((-2)))));
            g[i, k] = ((-(x[i] - x[i])) / (h[2 * i] * 1));
            y[3 * k + i] = erfc(x[2 * k]) * g[i, k] * w[k, i] + x[i];
        }
        pub Statements2< input(3); lift2; g2; celu(0.5) >
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
            h = ln((1 + sqrt(abs(1) + 0.5)));
            y[4 * j + i] = mean(k: h) * w[2 * j, i] * v[i] + x[j + i, j];
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
            h[i] = (exp_m1(exp_m1(w)) / (-((w)^5)));
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
            h[i] = (((-3) * x[i]) + (1.5 * x[i]));
            g[i] = ln((1 - sigmoid((1 - exp(x[i])))));
            y[i] = ln_1p(sqrt(erf(w))) * g[i] * h[i] + x[i];
        }
        pub Statements8< input(1); lift8; g8 >
        layer lift9() {
            input x[i: 3, j: 1];
            param p[i: 3, j: 1] ~ zeros();
            y[i, j] = x[i, j] + p[i, j];
        }
        layer g9() {
            input x[i: 3, j: 1];
            param w[k: 1, i: 3] ~ ones();
            h[j, i: 3] = mean(k: (0.1 * (0.1 * x[i, j])));
            y[i, j] = (atan(h[j, i]) + w[j, i]) + x[i + j, j];
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
            g[k: 4, i] = max(j: ((1 - sigmoid(h)) / sigmoid(h)));
            y[i, j] = ln(exp_m1(ln_1p(h))) * g[3, i] + x[j];
        }
        pub Statements10< input(3); lift10; g10; silu >
        layer lift11() {
            input x[i: 3, j: 4];
            param p[i: 3, j: 4] ~ zeros();
            y[i, j] = x[i, j] + p[i, j];
        }
        layer g11() {
            input x[i: 3, j: 4];
            param w[k: 3, i: 3] ~ ones();
            param v[j: 4, k: 3] ~ ones();
            h[i, j] = max(k: ((1 + erf(v[i + 1, k])) - exp_m1(v[j, 2])));
            g[i: 2, j] = relu6((tanh(0.1) / h[i, j]));
            y[k, i: 2] = sum(j: (w[i, i + 1] + 0)) * g[1, 3] + x[k, i];
        }
        pub Statements11< input(3, 4); lift11; g11; tanh >
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
            h[i: 4, k] = (1 - exp(((max(x[1], 2))^3)));
            y[k, i] = tan(min(x[i], w)) * h[k, k] * v[k, i] + x[1];
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
            h[k: 1] = ((-3) * (2 * (sigmoid(x[k, 2]) + v[k])));
            g[j] = min(k, i: x[1, j] * w[j, i]);
            y[i: 3] = sum(k: 0) * g[i] * h[0] + x[1, 2];
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
            h[i: 2] = tan(atan((1 / (1 + exp(w[0])))));
            g[3 * k + i] = exp_m1((if x[i] < x[i] { ln(x[i]) } else { h[k + 1] }));
            y[i: 2] = w[0] * g[i] + x[i];
        }
        pub Statements15< input(3); lift15; g15; silu >
    }
}

pub mod plain {
    tapeless::__private::network_as_loops! {
        activation f0(x; learn q = 0.3) = max(erf(max((((-0.7) + x) - mish((x / x))), 1)), (x - (sign(q) / tan((-1)))));
        pub Expression0< input(2); linear(2, 3); f0; tanh >
        activation f1(x; a = 0.7, learn q = 0.3) = ((stop((((-q) / (sin(a) + (0.5 - 2))) * sigmoid(hardtanh(x)))))^-2);
        pub Expression1< input(2); linear(2, 3); f1; linear(3, 2) >
        activation f2(x; learn q = 0.3) = q * abs(min(atan(silu(ln(sqrt(x)))), ln(abs(sin((-(x * x)))) + 0.5)));
        pub Expression2< input(2); linear(2, 3); f2; tanh >
        activation f3(x; a = 0.7, learn q = 0.3) = q * ((abs(a) - (erf(exp(a)) / (a / tanhshrink(erfc(0.1))))) * ln_1p(exp(x)));
        pub Expression3< input(2); linear(2, 3); f3 >
        activation f4(x; a = 0.7, learn q = 0.3) = max(((if a < 0.5 { 0 } else { a }) / 3), softplus((a + relu(((abs(erf(q)) + 0.5)^0.5))))) + x;
        pub Expression4< input(2); linear(2, 3); f4 >
        activation f5(x; learn q = 0.3) = q * softplus(min(0.5, (sqrt(stop(1.5)) / (1 + exp(ln(tanh(x)))))));
        pub Expression5< input(2); linear(2, 3); f5; tanh >
        activation f6(x; a = 0.7, learn q = 0.3) = mish((atan((exp_m1(abs(q)) / a)) + (a / 0.1))) + x;
        pub Expression6< input(2); linear(2, 3); f6; tanh >
        activation f7(x; a = 0.7, learn q = 0.3) = ((if 1 < tanh(a) { a } else { ((((q - pi) * 1))^-1) }) * exp_m1((if x != x { (sin(q) / ln_1p(x)) } else { q })));
        pub Expression7< input(2); linear(2, 3); f7; tanh >
        activation f8(x; learn q = 0.3) = ln(abs(mish((((erf(0.1) / q))^2))) + 0.5) + x;
        pub Expression8< input(2); linear(2, 3); f8; linear(3, 2) >
        activation f9(x; learn q = 0.3) = stop((((if 2 < x { q } else { max(x, q) }) / stop(((abs(ln_1p(0.5)) + 0.5)^(q)))) / atan(abs(x))));
        pub Expression9< input(2); linear(2, 3); f9; tanh >
        activation f10(x; learn q = 0.3) = q * (gelu(tanh((x - x))) + ((((-ln_1p((-0.7))))^1) - stop(0)));
        pub Expression10< input(2); linear(2, 3); f10 >
        activation f11(x; learn q = 0.3) = (1 + erf(relu6(abs(erf(((x - 3) / sigmoid(q)))))));
        pub Expression11< input(2); linear(2, 3); f11; linear(3, 2) >
        activation f12(x; learn q = 0.3) = q * stop(abs((if x == (pi + x) { cos(stop((-1))) } else { x })));
        pub Expression12< input(2); linear(2, 3); f12; linear(3, 2) >
        activation f13(x; a = 0.7, learn q = 0.3) = ((abs(x) + 0.5)^(((sign(q) + a) * erf(abs(max(0.5, (-x)))))));
        pub Expression13< input(2); linear(2, 3); f13 >
        activation f14(x; learn q = 0.3) = q * exp(((silu(((softplus((-1)))^9)) ^ 2) * silu(((softplus((-1)))^9)))) + x;
        pub Expression14< input(2); linear(2, 3); f14; linear(3, 2) >
        activation f15(x; a = 0.7, learn q = 0.3) = (((tan(atan((a / (-q)))) - atan(max(q, atan(a)))) - ln(abs(exp(pi)) + 0.5)) * (q - (-q))) + x;
        pub Expression15< input(2); linear(2, 3); f15; tanh >
        activation f16(x; learn q = 0.3) = sin(((q - (-q)) + min(max((tanh(0.1) * x), ((2 / x) * q)), 1.5)));
        pub Expression16< input(2); linear(2, 3); f16 >
        activation f17(x; a = 0.7, learn q = 0.3) = ((if 2 < q { (if q != 0.1 { a } else { softplus(x) }) } else { 0 }) * max((sign(x) * q), sigmoid(0.1)));
        pub Expression17< input(2); linear(2, 3); f17 >
        activation f18(x; learn q = 0.3) = (if x <= x { softplus(tanh(sign(q))) } else { sigmoid(((abs(q) - 0) / (x * sin(x)))) });
        pub Expression18< input(2); linear(2, 3); f18 >
        activation f19(x; a = 0.7, learn q = 0.3) = q * ((max((2 - tanh(a)), ln_1p(abs(cos(x)) + 0.5)) ^ 2) * max((2 - tanh(a)), ln_1p(abs(cos(x)) + 0.5)));
        pub Expression19< input(2); linear(2, 3); f19; linear(3, 2) >
        activation f20(x; a = 0.7, learn q = 0.3) = ln((exp((-(-(atan(ln((exp(q) / pi))) ^ 1)))) / (((-1) / erf(q)) - (if q == x { a } else { a }))));
        pub Expression20< input(2); linear(2, 3); f20; tanh >
        activation f21(x; a = 0.7, learn q = 0.3) = stop(sqrt(abs((if (pi / cos(q)) > exp_m1(x) { ln((1 - tanh(stop(x)))) } else { ((sign(a) / (-3)) * softplus(x)) })) + 0.5));
        pub Expression21< input(2); linear(2, 3); f21; tanh >
        activation f22(x; learn q = 0.3) = q * (softplus(abs(ln(exp_m1(((((-x) / 1.5))^2))))) * clamp(ln((1 + exp(clamp((x * tanh(pi)), 0, 6)))), 0, 6));
        pub Expression22< input(2); linear(2, 3); f22 >
        activation f23(x; learn q = 0.3) = abs((-exp((ln_1p(abs(1.5) + 0.5) * tanh(erfc(q)))))) + x;
        pub Expression23< input(2); linear(2, 3); f23 >
        activation f24(x; learn q = 0.3) = (tanh((min(sin(x), 1.5) / max(sigmoid(0.1), max((-0.7), erfc(q))))) - sign((tanh(min(0.1, sqrt(x))) + (x + cos(q)))));
        pub Expression24< input(2); linear(2, 3); f24; tanh >
        activation f25(x; learn q = 0.3) = q * (exp(abs(tanh(x))) * exp(hardtanh(((exp_m1(0.5) * x) - x))));
        pub Expression25< input(2); linear(2, 3); f25; tanh >
        activation f26(x; a = 0.7, learn q = 0.3) = (clamp(abs(softsign(tan(a))), -0.3, pi) / ((sin((erfc(q) * q)) * exp_m1(a)) - softplus(3))) + x;
        pub Expression26< input(2); linear(2, 3); f26; tanh >
        activation f27(x; learn q = 0.3) = (threshold(q) * (if (2 / q) > q { ((q - x) - exp(((q)^3))) } else { stop(sqrt(x)) }));
        pub Expression27< input(2); linear(2, 3); f27; linear(3, 2) >
        activation f28(x; learn q = 0.3) = q * clamp(max(stop(clamp(x, -0.3, pi)), ((abs(atan(hardtanh(abs(x)))) + 0.5)^1.5)), -0.3, pi);
        pub Expression28< input(2); linear(2, 3); f28 >
        activation f29(x; learn q = 0.3) = ((if x > q { (if q > (-0.7) { silu(x) } else { 0 }) } else { (erfc(abs(q)) - 0) }) * (((x * x))^-2));
        pub Expression29< input(2); linear(2, 3); f29; tanh >
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
            input x[i: 3];
            param p[i: 3] ~ zeros();
            y[i] = x[i] + p[i];
        }
        layer g2() {
            input x[i: 3];
            param w[k: 2, i: 3] ~ ones();
            h[2 * i + k] = (x[k + 1] + tan((1 - exp((-2)))));
            g[i, k] = ((-(x[i] - x[i])) / (h[2 * i] * 1));
            y[3 * k + i] = erfc(x[2 * k]) * g[i, k] * w[k, i] + x[i];
        }
        pub Statements2< input(3); lift2; g2; celu(0.5) >
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
            h = ln((1 + sqrt(abs(1) + 0.5)));
            y[4 * j + i] = mean(k: h) * w[2 * j, i] * v[i] + x[j + i, j];
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
            h[i] = (exp_m1(exp_m1(w)) / (-((w)^5)));
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
            h[i] = (((-3) * x[i]) + (1.5 * x[i]));
            g[i] = ln((1 - sigmoid((1 - exp(x[i])))));
            y[i] = ln_1p(sqrt(erf(w))) * g[i] * h[i] + x[i];
        }
        pub Statements8< input(1); lift8; g8 >
        layer lift9() {
            input x[i: 3, j: 1];
            param p[i: 3, j: 1] ~ zeros();
            y[i, j] = x[i, j] + p[i, j];
        }
        layer g9() {
            input x[i: 3, j: 1];
            param w[k: 1, i: 3] ~ ones();
            h[j, i: 3] = mean(k: (0.1 * (0.1 * x[i, j])));
            y[i, j] = (atan(h[j, i]) + w[j, i]) + x[i + j, j];
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
            g[k: 4, i] = max(j: ((1 - sigmoid(h)) / sigmoid(h)));
            y[i, j] = ln(exp_m1(ln_1p(h))) * g[3, i] + x[j];
        }
        pub Statements10< input(3); lift10; g10; silu >
        layer lift11() {
            input x[i: 3, j: 4];
            param p[i: 3, j: 4] ~ zeros();
            y[i, j] = x[i, j] + p[i, j];
        }
        layer g11() {
            input x[i: 3, j: 4];
            param w[k: 3, i: 3] ~ ones();
            param v[j: 4, k: 3] ~ ones();
            h[i, j] = max(k: ((1 + erf(v[i + 1, k])) - exp_m1(v[j, 2])));
            g[i: 2, j] = relu6((tanh(0.1) / h[i, j]));
            y[k, i: 2] = sum(j: (w[i, i + 1] + 0)) * g[1, 3] + x[k, i];
        }
        pub Statements11< input(3, 4); lift11; g11; tanh >
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
            h[i: 4, k] = (1 - exp(((max(x[1], 2))^3)));
            y[k, i] = tan(min(x[i], w)) * h[k, k] * v[k, i] + x[1];
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
            h[k: 1] = ((-3) * (2 * (sigmoid(x[k, 2]) + v[k])));
            g[j] = min(k, i: x[1, j] * w[j, i]);
            y[i: 3] = sum(k: 0) * g[i] * h[0] + x[1, 2];
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
            h[i: 2] = tan(atan((1 / (1 + exp(w[0])))));
            g[3 * k + i] = exp_m1((if x[i] < x[i] { ln(x[i]) } else { h[k + 1] }));
            y[i: 2] = w[0] * g[i] + x[i];
        }
        pub Statements15< input(3); lift15; g15; silu >
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

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
        activation f3(x; a = 0.7, learn q = 0.3) = ((abs(a) - (erf(exp(a)) / (a / tanhshrink(erfc(0.1))))) * ((2 * sigmoid(q)) + sigmoid(q))) + x;
        pub Expression3< input(2); linear(2, 3); f3; tanh >
        activation f4(x; a = 0.7, learn q = 0.3) = max(((erf(a) + (1 - sigmoid(1.5))) * 1), min((((x * 1))^5), (silu(erfc(q)) + ln_1p(x))));
        pub Expression4< input(2); linear(2, 3); f4 >
        activation f5(x; a = 0.7, learn q = 0.3) = softplus(min(0.5, ((if a <= 1 { sin(q) } else { 0 }) * tanh(x))));
        pub Expression5< input(2); linear(2, 3); f5; tanh >
        activation f6(x; a = 0.7, learn q = 0.3) = mish((atan((exp_m1(abs(q)) / a)) + (a / 0.1))) + x;
        pub Expression6< input(2); linear(2, 3); f6; tanh >
        activation f7(x; learn q = 0.3) = (1 + erf(atan(clamp((tanh(((2 * q) + q)) * x), 0, 6))));
        pub Expression7< input(2); linear(2, 3); f7; tanh >
        activation f8(x; learn q = 0.3) = ln(abs(mish((((erf(0.1) / q))^2))) + 0.5) + x;
        pub Expression8< input(2); linear(2, 3); f8; linear(3, 2) >
        activation f9(x; learn q = 0.3) = stop((((if 2 < x { q } else { max(x, q) }) / stop(((abs(ln_1p(0.5)) + 0.5)^(q)))) / atan(abs(x))));
        pub Expression9< input(2); linear(2, 3); f9; tanh >
        activation f10(x; learn q = 0.3) = q * (gelu(tanh((x - x))) + ((((-ln_1p((-0.7))))^1) - stop(0)));
        pub Expression10< input(2); linear(2, 3); f10 >
        activation f11(x; learn q = 0.3) = ((if x < 0 { (if q > (-0.7) { clamp(exp_m1(x), -0.3, pi) } else { 0 }) } else { tanhshrink(x) }) / (tan(x) / sqrt(0.5)));
        pub Expression11< input(2); linear(2, 3); f11 >
        activation f12(x; learn q = 0.3) = q * stop(abs((if x == (pi + x) { cos(stop((-1))) } else { x })));
        pub Expression12< input(2); linear(2, 3); f12; linear(3, 2) >
        activation f13(x; a = 0.7, learn q = 0.3) = ((abs(x) + 0.5)^(((sign(q) + a) * erf(abs(max(0.5, (-x)))))));
        pub Expression13< input(2); linear(2, 3); f13 >
        activation f14(x; learn q = 0.3) = q * exp(((-silu(((softplus((-1)))^9))) / (if x >= x { (erf(0) - (-0.7)) } else { x })));
        pub Expression14< input(2); linear(2, 3); f14 >
        activation f15(x; a = 0.7, learn q = 0.3) = (((tan(atan((-(-a)))) - tanh(tanh(abs(q)))) - (if x < a { ((-1) + q) } else { q })) * (-1));
        pub Expression15< input(2); linear(2, 3); f15 >
        activation f16(x; a = 0.7, learn q = 0.3) = q * sin(((1 - exp(3)) + sigmoid((tanh(cos((-0.7))) - exp((a * 1)))))) + x;
        pub Expression16< input(2); linear(2, 3); f16; linear(3, 2) >
        activation f17(x; learn q = 0.3) = (-(if 2 < q { 0 } else { (if exp_m1(0.1) != exp(erfc(q)) { max((min(atan((-0.7)), x) * 0.1), x) } else { (((q - 3))^5) }) }));
        pub Expression17< input(2); linear(2, 3); f17; linear(3, 2) >
        activation f18(x; learn q = 0.3) = (if x <= x { softplus(tanh(sign(q))) } else { sigmoid(((abs(q) ^ 0) / (x * sin(x)))) });
        pub Expression18< input(2); linear(2, 3); f18 >
        activation f19(x; a = 0.7, learn q = 0.3) = q * ((if x == x { ((cos(1.5))^2) } else { (tanh(a) * a) }) + (if x == x { (x * tanh(x)) } else { (-(-tan(x))) }));
        pub Expression19< input(2); linear(2, 3); f19; tanh >
        activation f20(x; learn q = 0.3) = q * (exp(ln_1p((-sigmoid(((sign(x) ^ 2) * sign(x)))))) / (1 + exp(ln_1p((-sigmoid(((sign(x) ^ 2) * sign(x))))))));
        pub Expression20< input(2); linear(2, 3); f20 >
        activation f21(x; a = 0.7, learn q = 0.3) = stop(sqrt(abs((if (pi / cos(q)) > exp_m1(x) { ln((1 - sigmoid(erf(a)))) } else { ((tanh(pi) * 0.5) + q) })) + 0.5));
        pub Expression21< input(2); linear(2, 3); f21 >
        activation f22(x; learn q = 0.3) = (softplus(abs(((-((x)^2)) / (x / q)))) * min(clamp(((x / abs(q)) * min(pi, exp(1.5))), 0, 6), (-3)));
        pub Expression22< input(2); linear(2, 3); f22; tanh >
        activation f23(x; learn q = 0.3) = abs((-exp((ln_1p(abs(1.5) + 0.5) * tanh(erfc(q)))))) + x;
        pub Expression23< input(2); linear(2, 3); f23 >
        activation f24(x; a = 0.7, learn q = 0.3) = q * (tanh(((x * x) / (silu(0) - ln(a)))) - ln_1p(erfc((tan((if a < 1.5 { 0.1 } else { x })) + x))));
        pub Expression24< input(2); linear(2, 3); f24; linear(3, 2) >
        activation f25(x; learn q = 0.3) = q * (log_sigmoid((((x - (-0.5)))^0)) / (-erfc(((abs(((-0.5) + sigmoid((-x)))) + 0.5)^2.3))));
        pub Expression25< input(2); linear(2, 3); f25; tanh >
        activation f26(x; a = 0.7, learn q = 0.3) = (clamp(abs(softsign(tan(a))), -0.3, pi) / ((sin((erfc(q) * q)) * exp_m1(a)) - softplus(3))) + x;
        pub Expression26< input(2); linear(2, 3); f26; tanh >
        activation f27(x; learn q = 0.3) = (threshold(q) * (if (2 / q) > q { ((q - x) - exp(((q)^3))) } else { stop(sqrt(x)) }));
        pub Expression27< input(2); linear(2, 3); f27; linear(3, 2) >
        activation f28(x; learn q = 0.3) = q * clamp(max(stop(clamp(x, -0.3, pi)), ((abs(atan(hardtanh(abs(x)))) + 0.5)^1.5)), -0.3, pi);
        pub Expression28< input(2); linear(2, 3); f28 >
        activation f29(x; a = 0.7, learn q = 0.3) = ((if x > q { 0 } else { (((silu(x))^5) + exp_m1(a)) }) / ((x / (x * x)) - clamp(q, 0, 6)));
        pub Expression29< input(2); linear(2, 3); f29; linear(3, 2) >
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
            h[2 * i + k] = (x[k + 1] + tan(((-x[2 * k]) / x[i])));
            g[i, k] = sqrt((ln(abs(x[i]) + 0.5) ^ 2));
            y[k, i] = (1 / erfc(0)) * g[i, 1] * h[k + i] * w[1, i] + x[i];
        }
        pub Statements2< input(3); lift2; g2; silu >
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
            y[i] = (w - (-w)) * h + x[2 * i];
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
            h = (sigmoid(v[3]) / (1 - sigmoid(v[3])));
            y = sin((x[3, 0] * h)) * w[2, 3] + x[3, 0];
        }
        pub Statements5< input(4, 1); lift5; g5 >
        layer lift6() {
            input x[i: 4];
            param p[i: 4] ~ zeros();
            y[i] = x[i] + p[i];
        }
        layer g6() {
            input x[i: 4];
            param w ~ ones();
            h[i] = (1.5 * ((ln_1p(x[i]) + w) / 2));
            y[i: 1] = erfc(min(x[2 * i], 0.1)) * h[2 * i] + x[i];
        }
        pub Statements6< input(4); lift6; g6; tanh >
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
            h[i] = (0 - (ln_1p(x[0]) - (-abs(x[i]))));
            g[i] = exp((if h[i] != w { h[2 * i] } else { cos(2) }));
            y[i] = 0 * g[i] + x[i];
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
            h[j, i: 3] = mean(k: ((-(exp(w[j, i]) / 1)) ^ 2));
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
            g[k: 4, i] = max(j: ln_1p(exp(((-sign(w[2, 1])) ^ 2))));
            y[2 * j + k] = (atan(h) + 1.5) * g[j + 1, j] + x[2];
        }
        pub Statements10< input(3); lift10; g10; tanh >
        layer lift11() {
            input x[i: 3, j: 4];
            param p[i: 3, j: 4] ~ zeros();
            y[i, j] = x[i, j] + p[i, j];
        }
        layer g11() {
            input x[i: 3, j: 4];
            param w[k: 3, i: 3] ~ ones();
            param v[j: 4, k: 3] ~ ones();
            h[i, j] = max(k: (((-v[i + 1, k]) * x[i, j]) - cos(x[2, j])));
            g[i: 1] = (relu(relu(tanh(x[i, i]))) * (-1));
            y = (1 - erf(g[0])) * h[2, 3] * w[2, 2] + x[2, 3];
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
            h[k: 1] = (exp_m1((-1)) / (1 + exp((-1))));
            g[j, k] = mean(i: erf(0));
            y = sum(j, k: (1.5 + g[j, k])) * h[0] * w[2, 1] * v[1] + x[1, 2];
        }
        pub Statements14< input(2, 3); lift14; g14 >
        layer lift15() {
            input x[i: 3];
            param p[i: 3] ~ zeros();
            y[i] = x[i] + p[i];
        }
        layer g15() {
            input x[i: 3];
            param w[k: 1] ~ ones();
            h[i: 2] = tan(atan((-(-clamp(w[0], -0.3, pi)))));
            g[3 * k + i] = (if x[i] < x[i] { ln(x[i]) } else { (-1) });
            y[i: 2] = w[0] * g[i] * h[i] + x[i];
        }
        pub Statements15< input(3); lift15; g15; celu(0.5) >
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
        activation f3(x; a = 0.7, learn q = 0.3) = ((abs(a) - (erf(exp(a)) / (a / tanhshrink(erfc(0.1))))) * ((2 * sigmoid(q)) + sigmoid(q))) + x;
        pub Expression3< input(2); linear(2, 3); f3; tanh >
        activation f4(x; a = 0.7, learn q = 0.3) = max(((erf(a) + (1 - sigmoid(1.5))) * 1), min((((x * 1))^5), (silu(erfc(q)) + ln_1p(x))));
        pub Expression4< input(2); linear(2, 3); f4 >
        activation f5(x; a = 0.7, learn q = 0.3) = softplus(min(0.5, ((if a <= 1 { sin(q) } else { 0 }) * tanh(x))));
        pub Expression5< input(2); linear(2, 3); f5; tanh >
        activation f6(x; a = 0.7, learn q = 0.3) = mish((atan((exp_m1(abs(q)) / a)) + (a / 0.1))) + x;
        pub Expression6< input(2); linear(2, 3); f6; tanh >
        activation f7(x; learn q = 0.3) = (1 + erf(atan(clamp((tanh(((2 * q) + q)) * x), 0, 6))));
        pub Expression7< input(2); linear(2, 3); f7; tanh >
        activation f8(x; learn q = 0.3) = ln(abs(mish((((erf(0.1) / q))^2))) + 0.5) + x;
        pub Expression8< input(2); linear(2, 3); f8; linear(3, 2) >
        activation f9(x; learn q = 0.3) = stop((((if 2 < x { q } else { max(x, q) }) / stop(((abs(ln_1p(0.5)) + 0.5)^(q)))) / atan(abs(x))));
        pub Expression9< input(2); linear(2, 3); f9; tanh >
        activation f10(x; learn q = 0.3) = q * (gelu(tanh((x - x))) + ((((-ln_1p((-0.7))))^1) - stop(0)));
        pub Expression10< input(2); linear(2, 3); f10 >
        activation f11(x; learn q = 0.3) = ((if x < 0 { (if q > (-0.7) { clamp(exp_m1(x), -0.3, pi) } else { 0 }) } else { tanhshrink(x) }) / (tan(x) / sqrt(0.5)));
        pub Expression11< input(2); linear(2, 3); f11 >
        activation f12(x; learn q = 0.3) = q * stop(abs((if x == (pi + x) { cos(stop((-1))) } else { x })));
        pub Expression12< input(2); linear(2, 3); f12; linear(3, 2) >
        activation f13(x; a = 0.7, learn q = 0.3) = ((abs(x) + 0.5)^(((sign(q) + a) * erf(abs(max(0.5, (-x)))))));
        pub Expression13< input(2); linear(2, 3); f13 >
        activation f14(x; learn q = 0.3) = q * exp(((-silu(((softplus((-1)))^9))) / (if x >= x { (erf(0) - (-0.7)) } else { x })));
        pub Expression14< input(2); linear(2, 3); f14 >
        activation f15(x; a = 0.7, learn q = 0.3) = (((tan(atan((-(-a)))) - tanh(tanh(abs(q)))) - (if x < a { ((-1) + q) } else { q })) * (-1));
        pub Expression15< input(2); linear(2, 3); f15 >
        activation f16(x; a = 0.7, learn q = 0.3) = q * sin(((1 - exp(3)) + sigmoid((tanh(cos((-0.7))) - exp((a * 1)))))) + x;
        pub Expression16< input(2); linear(2, 3); f16; linear(3, 2) >
        activation f17(x; learn q = 0.3) = (-(if 2 < q { 0 } else { (if exp_m1(0.1) != exp(erfc(q)) { max((min(atan((-0.7)), x) * 0.1), x) } else { (((q - 3))^5) }) }));
        pub Expression17< input(2); linear(2, 3); f17; linear(3, 2) >
        activation f18(x; learn q = 0.3) = (if x <= x { softplus(tanh(sign(q))) } else { sigmoid(((abs(q) ^ 0) / (x * sin(x)))) });
        pub Expression18< input(2); linear(2, 3); f18 >
        activation f19(x; a = 0.7, learn q = 0.3) = q * ((if x == x { ((cos(1.5))^2) } else { (tanh(a) * a) }) + (if x == x { (x * tanh(x)) } else { (-(-tan(x))) }));
        pub Expression19< input(2); linear(2, 3); f19; tanh >
        activation f20(x; learn q = 0.3) = q * (exp(ln_1p((-sigmoid(((sign(x) ^ 2) * sign(x)))))) / (1 + exp(ln_1p((-sigmoid(((sign(x) ^ 2) * sign(x))))))));
        pub Expression20< input(2); linear(2, 3); f20 >
        activation f21(x; a = 0.7, learn q = 0.3) = stop(sqrt(abs((if (pi / cos(q)) > exp_m1(x) { ln((1 - sigmoid(erf(a)))) } else { ((tanh(pi) * 0.5) + q) })) + 0.5));
        pub Expression21< input(2); linear(2, 3); f21 >
        activation f22(x; learn q = 0.3) = (softplus(abs(((-((x)^2)) / (x / q)))) * min(clamp(((x / abs(q)) * min(pi, exp(1.5))), 0, 6), (-3)));
        pub Expression22< input(2); linear(2, 3); f22; tanh >
        activation f23(x; learn q = 0.3) = abs((-exp((ln_1p(abs(1.5) + 0.5) * tanh(erfc(q)))))) + x;
        pub Expression23< input(2); linear(2, 3); f23 >
        activation f24(x; a = 0.7, learn q = 0.3) = q * (tanh(((x * x) / (silu(0) - ln(a)))) - ln_1p(erfc((tan((if a < 1.5 { 0.1 } else { x })) + x))));
        pub Expression24< input(2); linear(2, 3); f24; linear(3, 2) >
        activation f25(x; learn q = 0.3) = q * (log_sigmoid((((x - (-0.5)))^0)) / (-erfc(((abs(((-0.5) + sigmoid((-x)))) + 0.5)^2.3))));
        pub Expression25< input(2); linear(2, 3); f25; tanh >
        activation f26(x; a = 0.7, learn q = 0.3) = (clamp(abs(softsign(tan(a))), -0.3, pi) / ((sin((erfc(q) * q)) * exp_m1(a)) - softplus(3))) + x;
        pub Expression26< input(2); linear(2, 3); f26; tanh >
        activation f27(x; learn q = 0.3) = (threshold(q) * (if (2 / q) > q { ((q - x) - exp(((q)^3))) } else { stop(sqrt(x)) }));
        pub Expression27< input(2); linear(2, 3); f27; linear(3, 2) >
        activation f28(x; learn q = 0.3) = q * clamp(max(stop(clamp(x, -0.3, pi)), ((abs(atan(hardtanh(abs(x)))) + 0.5)^1.5)), -0.3, pi);
        pub Expression28< input(2); linear(2, 3); f28 >
        activation f29(x; a = 0.7, learn q = 0.3) = ((if x > q { 0 } else { (((silu(x))^5) + exp_m1(a)) }) / ((x / (x * x)) - clamp(q, 0, 6)));
        pub Expression29< input(2); linear(2, 3); f29; linear(3, 2) >
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
            h[2 * i + k] = (x[k + 1] + tan(((-x[2 * k]) / x[i])));
            g[i, k] = sqrt((ln(abs(x[i]) + 0.5) ^ 2));
            y[k, i] = (1 / erfc(0)) * g[i, 1] * h[k + i] * w[1, i] + x[i];
        }
        pub Statements2< input(3); lift2; g2; silu >
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
            y[i] = (w - (-w)) * h + x[2 * i];
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
            h = (sigmoid(v[3]) / (1 - sigmoid(v[3])));
            y = sin((x[3, 0] * h)) * w[2, 3] + x[3, 0];
        }
        pub Statements5< input(4, 1); lift5; g5 >
        layer lift6() {
            input x[i: 4];
            param p[i: 4] ~ zeros();
            y[i] = x[i] + p[i];
        }
        layer g6() {
            input x[i: 4];
            param w ~ ones();
            h[i] = (1.5 * ((ln_1p(x[i]) + w) / 2));
            y[i: 1] = erfc(min(x[2 * i], 0.1)) * h[2 * i] + x[i];
        }
        pub Statements6< input(4); lift6; g6; tanh >
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
            h[i] = (0 - (ln_1p(x[0]) - (-abs(x[i]))));
            g[i] = exp((if h[i] != w { h[2 * i] } else { cos(2) }));
            y[i] = 0 * g[i] + x[i];
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
            h[j, i: 3] = mean(k: ((-(exp(w[j, i]) / 1)) ^ 2));
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
            g[k: 4, i] = max(j: ln_1p(exp(((-sign(w[2, 1])) ^ 2))));
            y[2 * j + k] = (atan(h) + 1.5) * g[j + 1, j] + x[2];
        }
        pub Statements10< input(3); lift10; g10; tanh >
        layer lift11() {
            input x[i: 3, j: 4];
            param p[i: 3, j: 4] ~ zeros();
            y[i, j] = x[i, j] + p[i, j];
        }
        layer g11() {
            input x[i: 3, j: 4];
            param w[k: 3, i: 3] ~ ones();
            param v[j: 4, k: 3] ~ ones();
            h[i, j] = max(k: (((-v[i + 1, k]) * x[i, j]) - cos(x[2, j])));
            g[i: 1] = (relu(relu(tanh(x[i, i]))) * (-1));
            y = (1 - erf(g[0])) * h[2, 3] * w[2, 2] + x[2, 3];
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
            h[k: 1] = (exp_m1((-1)) / (1 + exp((-1))));
            g[j, k] = mean(i: erf(0));
            y = sum(j, k: (1.5 + g[j, k])) * h[0] * w[2, 1] * v[1] + x[1, 2];
        }
        pub Statements14< input(2, 3); lift14; g14 >
        layer lift15() {
            input x[i: 3];
            param p[i: 3] ~ zeros();
            y[i] = x[i] + p[i];
        }
        layer g15() {
            input x[i: 3];
            param w[k: 1] ~ ones();
            h[i: 2] = tan(atan((-(-clamp(w[0], -0.3, pi)))));
            g[3 * k + i] = (if x[i] < x[i] { ln(x[i]) } else { (-1) });
            y[i: 2] = w[0] * g[i] * h[i] + x[i];
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

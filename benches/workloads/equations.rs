//! Layers that no library has as a kernel, written as equations.

use tapeless::prelude::*;

network! {
    /// Gaussian bumps around learned centres.
    layer radial_basis(I, K) {
        input x[i: I];
        param centre[k: K, i: I] ~ normal(1);
        param width[k: K] ~ ones();
        y[k] = exp(-width[k] * sum(i: (x[i] - centre[k, i])^2));
    }

    /// A learned curve for each pair of an input and an output, as a sum of G cubic B-splines.
    layer spline(I, O, G) {
        input x[i: I];
        param height[o: O, i: I, g: G] ~ normal(0.1);
        u[i, g: G] = abs(G * x[i] - g);
        bump[i, g] = if u[i, g] < 1 { (4 - 6 * u[i, g]^2 + 3 * u[i, g]^3) / 6 }
            else { if u[i, g] < 2 { (2 - u[i, g])^3 / 6 } else { 0 } };
        y[o] = sum(i, g: height[o, i, g] * bump[i, g]);
    }

    /// Sines and cosines of learned frequencies.
    layer fourier(I, F) {
        input x[i: I];
        param frequency[f: F, i: I] ~ normal(3);
        phase[f] = sum(i: frequency[f, i] * x[i]);
        sines[f + 0: 2 * F] = sin(phase[f]);
        cosines[F + f: 2 * F] = cos(phase[f]);
        y[n: 2 * F] = sines[n] + cosines[n];
    }

    layer bilinear(I, O) {
        input x[i: I];
        param weight[o: O, i: I, j: I] ~ normal(0.1);
        y[o] = sum(i, j: weight[o, i, j] * x[i] * x[j]);
    }

    /// What the neighbours of each node say, with learned strengths.
    layer graph(N, I, O) {
        input x[n: N, i: I];
        param strength[n: N, m: N] ~ normal(0.1);
        param weight[o: O, i: I] ~ uniform(1 / sqrt(I));
        said[m, o] = sum(i: weight[o, i] * x[m, i]);
        y[n, o] = max(sum(m: strength[n, m] * said[m, o]), 0);
    }

    /// Channels that are scaled by what they hold on average.
    layer squeeze_excite(C, R) {
        input x[c: C, h: H, w: W];
        squeezed[c] = mean(h, w: x[c, h, w]);
        gate = <linear(R); relu; linear(C); sigmoid>(squeezed);
        y[c, h, w] = x[c, h, w] * gate[c];
    }

    /// 20 steps of the classical Runge-Kutta method along a learned flow.
    layer flow(N) {
        input x[n: N];
        param weight[n: N, m: N] ~ uniform(1 / sqrt(N));
        index t: 20;
        s[-1, n] = x[n];
        scan t {
            a[t, n] = tanh(sum(m: weight[n, m] * s[t - 1, m]));
            b[t, n] = tanh(sum(m: weight[n, m] * (s[t - 1, m] + 0.05 * a[t, m])));
            c[t, n] = tanh(sum(m: weight[n, m] * (s[t - 1, m] + 0.05 * b[t, m])));
            d[t, n] = tanh(sum(m: weight[n, m] * (s[t - 1, m] + 0.1 * c[t, m])));
            s[t, n] = s[t - 1, n] + 0.1 / 6 * (a[t, n] + 2 * b[t, n] + 2 * c[t, n] + d[t, n]);
        }
        y[n] = s[19, n];
    }

    layer mean_of_nodes(N, D) { input x[n: N, d: D]; y[d] = mean(n: x[n, d]); }

    pub RadialBasis<input(16); radial_basis(64); linear(10)>

    pub Spline<input(16); spline(32, 8); linear(10)>

    pub Fourier<input(8); fourier(64); linear(10)>

    pub Bilinear<input(32); bilinear(32); linear(10)>

    pub Graph<input(24, 16); graph(24, 16, 32); mean_of_nodes; linear(10)>

    pub SqueezeExcite<input(16, 12, 12); squeeze_excite(16, 4); global_avg_pool; linear(10)>

    pub Flow<input(16); flow(16); linear(10)>
}

//! Random generators: seed, stream and position.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::error::RecordError;
use super::record::{Record, Resumable};

impl Resumable for ChaCha8Rng {
    fn record(&self) -> Record {
        let (seed, position) = (self.get_seed(), self.get_word_pos());
        let seed: [[u8; 8]; 4] =
            core::array::from_fn(|at| core::array::from_fn(|k| seed[8 * at + k]));
        let mut record = Record::default();
        record.put_integers("seed", seed.map(u64::from_le_bytes));
        record.put_integers("stream", [self.get_stream()]);
        #[expect(clippy::cast_possible_truncation, reason = "the halves of a position")]
        record.put_integers("position", [position as u64, (position >> 64) as u64]);
        record
    }

    fn resume(&mut self, record: &Record) -> Result<(), RecordError> {
        let seed: [u64; 4] = record.integers_of("seed")?;
        let stream = record.integer("stream")?;
        let [low, high] = record.integers_of("position")?;
        let mut bytes = [0; 32];
        bytes.as_chunks_mut().0.copy_from_slice(&seed.map(u64::to_le_bytes));
        *self = Self::from_seed(bytes);
        self.set_stream(stream);
        self.set_word_pos(u128::from(high) << 64 | u128::from(low));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rand::Rng;

    use super::*;
    use crate::training::initialise::seed;

    #[test]
    fn a_generator_goes_on_wherever_it_was() {
        for drawn in [0, 1, 15, 16, 63, 64, 65, 1000] {
            let mut generator = seed(7);
            generator.set_stream(3);
            for _ in 0..drawn {
                let _ = generator.next_u32();
            }
            let mut other = seed(8);
            other.resume(&generator.record()).unwrap();
            assert!((0..100).all(|_| other.next_u64() == generator.next_u64()), "{drawn}");
        }
    }
}

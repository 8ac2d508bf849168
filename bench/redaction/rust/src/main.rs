//! Rust's regex, which agentgateway uses: reads a job as JSON, writes matches and times.
use regex::Regex;
use serde::{Deserialize, Serialize};
use std::time::Instant;

#[derive(Deserialize)]
struct Job {
    patterns: Vec<String>,
    texts: Vec<String>,
    units: Vec<Vec<String>>,
    size: usize,
    times: usize,
    least: f64,
    limit: f64,
}

#[derive(Serialize)]
struct Slow {
    unit: String,
    nanoseconds: f64,
    ratio: f64,
}

#[derive(Serialize)]
struct Outcome<'text> {
    version: String,
    matches: Vec<Vec<Vec<&'text str>>>,
    slowest: Vec<Slow>,
}

/// In turn, and the best of each: a busy machine only ever makes one dearer. More rounds while the ratio is too high.
const ROUNDS: usize = 5;
const ROUNDS_AT_MOST: usize = 50;

fn seconds(pattern: &Regex, text: &str) -> f64 {
    let began = Instant::now();
    std::hint::black_box(pattern.find_iter(text).count());
    began.elapsed().as_secs_f64()
}

fn fill(unit: &str, size: usize) -> String {
    unit.repeat(size / unit.len() + 1)
}

fn slowest(pattern: &Regex, units: &[String], job: &Job) -> Slow {
    let mut size = job.size;
    let times: Vec<f64> = units.iter().map(|unit| seconds(pattern, &fill(unit, size))).collect();
    let (unit, _) = units.iter().zip(&times).max_by(|a, b| a.1.total_cmp(b.1)).expect("no units");
    while seconds(pattern, &fill(unit, size)) < job.least {
        size *= 2;
    }
    let text = fill(unit, size);
    let manifold = text.repeat(job.times);
    let (mut once, mut more) = (f64::INFINITY, f64::INFINITY);
    for round in 0..ROUNDS_AT_MOST {
        if round >= ROUNDS && more / once < job.limit {
            break;
        }
        once = once.min(seconds(pattern, &text));
        more = more.min(seconds(pattern, &manifold));
    }
    Slow { unit: unit.clone(), nanoseconds: 1e9 * once / text.len() as f64, ratio: more / once }
}

fn main() {
    let job: Job = serde_json::from_reader(std::io::stdin()).expect("no job");
    let patterns: Vec<Regex> = job.patterns.iter().map(|each| Regex::new(each).expect("not Rust's syntax")).collect();
    let find = |pattern: &Regex| {
        job.texts.iter().map(|text| pattern.find_iter(text).map(|found| found.as_str()).collect()).collect()
    };
    let outcome = Outcome {
        version: "Rust regex 1.13.2".to_string(),
        matches: patterns.iter().map(find).collect(),
        slowest: patterns.iter().zip(&job.units).map(|(each, units)| slowest(each, units, &job)).collect(),
    };
    serde_json::to_writer(std::io::stdout(), &outcome).expect("not written");
}

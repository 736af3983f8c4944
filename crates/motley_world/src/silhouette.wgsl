// The subject alone: whatever it covers counts.
@fragment
fn fragment() -> @location(0) vec4<f32> {
    return vec4(1.0);
}

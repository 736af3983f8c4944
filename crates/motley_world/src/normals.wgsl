// Surface normals in computer vision's camera axes: x right, y down, z forward.
#import bevy_pbr::{forward_io::VertexOutput, mesh_view_bindings::view}

// The target encodes sRGB; the inverse is applied here so that its bytes are linear (IEC 61966-2-1).
fn bytes(x: vec3<f32>) -> vec3<f32> {
    return select(pow((x + 0.055) / 1.055, vec3(2.4)), x / 12.92, x <= vec3(0.04045));
}

@fragment
fn fragment(in: VertexOutput, @builtin(front_facing) front: bool) -> @location(0) vec4<f32> {
    var normal = normalize((view.view_from_world * vec4(in.world_normal, 0.0)).xyz);
    normal = select(-normal, normal, front);
    // Smoothed normals, and leaves' that follow their crown, may look away from the eye; what is seen faces it.
    let to_eye = -normalize((view.view_from_world * in.world_position).xyz);
    normal -= 2.0 * min(dot(normal, to_eye), 0.0) * to_eye;
    return vec4(bytes(vec3(normal.x, -normal.y, -normal.z) * 0.5 + 0.5), 1.0);
}

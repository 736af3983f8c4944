// The lean material: one sun with one shadow map, the sky's light as spherical harmonics, a few lamps without shadows.
// Light that varies slowly is computed per vertex, the rest per pixel. The alpha channel carries the instance id.

#import bevy_pbr::{
    mesh_functions,
    skinning,
    mesh_bindings::mesh,
    mesh_view_bindings::{view, lights},
    shadows::world_to_directional_light_local,
    shadow_sampling::sample_shadow_map_hardware,
}

struct Surface {
    base_color: vec4<f32>,
    emissive: vec3<f32>,
    roughness: f32,
    metallic: f32,
    alpha_cutoff: f32,
}

struct Lamp {
    position: vec3<f32>,
    cone_cos: f32,
    color: vec3<f32>,
    range: f32,
    axis: vec3<f32>,
    unused: f32,
}

struct Placed {
    tint: vec3<f32>,
    id: f32,
    uv: vec4<f32>,
}

struct Frame {
    sky: array<vec4<f32>, 9>,
    sun_direction: vec3<f32>,
    sun_shadow: f32,
    sun_color: vec3<f32>,
    exposure: f32,
    subject: vec4<f32>,
    lamps: array<Lamp, 10>,
    placed: array<Placed, 256>,
}

@group(#{MATERIAL_BIND_GROUP}) @binding(0) var<uniform> surface: Surface;
@group(#{MATERIAL_BIND_GROUP}) @binding(1) var base_texture: texture_2d<f32>;
@group(#{MATERIAL_BIND_GROUP}) @binding(2) var base_sampler: sampler;
@group(#{MATERIAL_BIND_GROUP}) @binding(3) var normal_texture: texture_2d<f32>;
@group(#{MATERIAL_BIND_GROUP}) @binding(4) var metallic_roughness_texture: texture_2d<f32>;
@group(#{MATERIAL_BIND_GROUP}) @binding(5) var<storage, read> frame: Frame;

struct Vertex {
    @builtin(instance_index) instance_index: u32,
    @location(0) position: vec3<f32>,
    @location(1) normal: vec3<f32>,
#ifdef VERTEX_UVS_A
    @location(2) uv: vec2<f32>,
#endif
#ifdef VERTEX_COLORS
    @location(5) color: vec4<f32>,
#endif
#ifdef SKINNED
    @location(6) joint_indices: vec4<u32>,
    @location(7) joint_weights: vec4<f32>,
#endif
}

struct Varying {
    @builtin(position) clip: vec4<f32>,
    @location(0) world: vec3<f32>,
    @location(1) normal: vec3<f32>,
    @location(2) uv: vec2<f32>,
    @location(3) color: vec4<f32>,
    @location(4) sky_light: vec3<f32>,
    @location(5) @interpolate(flat) id: f32,
}

// Irradiance over pi from nine coefficients that already hold the cosine lobe: Ramamoorthi and Hanrahan 2001, eq. 13.
fn sky_irradiance(n: vec3<f32>) -> vec3<f32> {
    return max(
        frame.sky[0].rgb
            + frame.sky[1].rgb * n.x + frame.sky[2].rgb * n.y + frame.sky[3].rgb * n.z
            + frame.sky[4].rgb * (n.x * n.z) + frame.sky[5].rgb * (n.x * n.y)
            + frame.sky[6].rgb * (3.0 * n.y * n.y - 1.0)
            + frame.sky[7].rgb * (n.y * n.z) + frame.sky[8].rgb * (n.z * n.z - n.x * n.x),
        vec3(0.0),
    );
}

@vertex
fn vertex(in: Vertex) -> Varying {
    var out: Varying;
#ifdef SKINNED
    let to_world = skinning::skin_model(in.joint_indices, in.joint_weights, in.instance_index);
    out.normal = skinning::skin_normals(to_world, in.normal);
#else
    let to_world = mesh_functions::get_world_from_local(in.instance_index);
    out.normal = mesh_functions::mesh_normal_local_to_world(in.normal, in.instance_index);
#endif
    let world = to_world * vec4(in.position, 1.0);
    out.world = world.xyz;
    out.clip = view.clip_from_world * world;
    let placed = frame.placed[mesh_functions::get_tag(in.instance_index)];
    out.id = placed.id;
#ifdef VERTEX_UVS_A
    out.uv = vec2(dot(placed.uv.xy, in.uv), dot(placed.uv.zw, in.uv));
#else
    out.uv = vec2(0.0);
#endif
    out.color = surface.base_color * vec4(placed.tint, 1.0);
#ifdef VERTEX_COLORS
#ifndef COVER
    out.color *= in.color;
#endif
#ifdef BYSTANDERS
    out.id = select(placed.id, in.color.a, in.color.a < 1.0);
#endif
#endif
#ifdef UNLIT
    out.sky_light = vec3(0.0);
#else
    // What lies low beneath the subject sees less of the sky: a cheap contact shadow.
#ifdef GROUND
    out.sky_light = sky_irradiance(out.normal);
#else
    let under = clamp(0.5 - 0.5 * out.normal.y, 0.0, 1.0) * clamp(1.0 - out.world.y / (0.5 * frame.subject.w), 0.0, 1.0);
    out.sky_light = sky_irradiance(out.normal) * (1.0 - 0.5 * under);
#endif
#endif
    return out;
}

// A fit of the ACES filmic curve: K. Narkowicz, "ACES Filmic Tone Mapping Curve", 2015.
fn tone(x: vec3<f32>) -> vec3<f32> {
    return saturate(x * (2.51 * x + 0.03) / (x * (2.43 * x + 0.59) + 0.14));
}

fn sun_visibility(world: vec3<f32>, normal: vec3<f32>) -> f32 {
    if (frame.sun_shadow == 0.0 || lights.n_directional_lights == 0u) {
        return 1.0;
    }
    let light = &lights.directional_lights[0];
    let offset = (*light).shadow_normal_bias * (*light).cascades[0].texel_size * normal
        + (*light).shadow_depth_bias * (*light).direction_to_light;
    let local = world_to_directional_light_local(0u, 0u, vec4(world + offset, 1.0));
    if (local.w == 0.0) {
        return 1.0;
    }
    return sample_shadow_map_hardware(local.xy, local.z, i32((*light).depth_texture_base_index));
}

#ifdef NORMAL_MAP
// Tangents from derivatives: M. Mikkelsen and C. Schüler, "Normal Mapping Without Precomputed Tangents", ShaderX5.
fn mapped_normal(n: vec3<f32>, world: vec3<f32>, uv: vec2<f32>) -> vec3<f32> {
    let dp1 = dpdx(world);
    let dp2 = dpdy(world);
    let duv1 = dpdx(uv);
    let duv2 = dpdy(uv);
    let dp2_perpendicular = cross(dp2, n);
    let dp1_perpendicular = cross(n, dp1);
    let t = dp2_perpendicular * duv1.x + dp1_perpendicular * duv2.x;
    let b = dp2_perpendicular * duv1.y + dp1_perpendicular * duv2.y;
    let scale = inverseSqrt(max(max(dot(t, t), dot(b, b)), 1e-20));
    let m = textureSample(normal_texture, base_sampler, uv).xyz * 2.0 - 1.0;
    // glTF's y points up the image while v runs down.
    return normalize(t * (m.x * scale) - b * (m.y * scale) + n * m.z);
}
#endif

@fragment
fn fragment(in: Varying, @builtin(front_facing) front: bool) -> @location(0) vec4<f32> {
    var color = in.color;
#ifdef TEXTURED
    color *= textureSample(base_texture, base_sampler, in.uv);
#endif
#ifdef MASKED
    if (color.a < surface.alpha_cutoff) {
        discard;
    }
#endif
#ifdef UNLIT
    return vec4(tone(color.rgb * frame.exposure), in.id);
#else
    var normal = normalize(in.normal);
    if (!front) {
        normal = -normal;
    }
    let flat_normal = normal;
#ifdef NORMAL_MAP
    normal = mapped_normal(normal, in.world, in.uv);
#endif
    var roughness = surface.roughness;
    var metallic = surface.metallic;
#ifdef METALLIC_ROUGHNESS_MAP
    let rm = textureSample(metallic_roughness_texture, base_sampler, in.uv);
    roughness *= rm.g;
    metallic *= rm.b;
#endif
    let to_eye = normalize(view.world_position - in.world);
    let f0 = mix(vec3(0.04), color.rgb, metallic);
    let albedo = color.rgb * (1.0 - metallic);

    var sky_light = in.sky_light;
#ifdef GROUND
    // The subject shades the ground beneath it from the sky.
    let beneath = (in.world.xz - frame.subject.xz) / frame.subject.w;
    sky_light *= 1.0 - 0.55 * exp(-2.5 * dot(beneath, beneath)) * exp(-2.0 * max(in.world.y, 0.0) / frame.subject.w);
#endif
    var light = sky_light;
    var shine = vec3(0.0);
    // Blinn and Phong's lobe, normalised to keep its energy (Akenine-Möller et al., Real-Time Rendering, 4th ed., 9.8).
    let alpha = max(roughness * roughness, 0.02);
    let power = min(2.0 / (alpha * alpha) - 2.0, 400.0);
    let lobe = (power + 8.0) * 0.125;

    let cosine = dot(normal, frame.sun_direction);
    if (cosine > 0.0 && dot(flat_normal, frame.sun_direction) > 0.0) {
        let visible = sun_visibility(in.world, flat_normal) * cosine;
        light += frame.sun_color * visible;
        let half_way = normalize(frame.sun_direction + to_eye);
        shine += frame.sun_color * (visible * lobe * pow(max(dot(normal, half_way), 0.0), power));
    }
    for (var i = 0u; i < 10u; i++) {
        let lamp = frame.lamps[i];
        if (lamp.range <= 0.0) {
            break;
        }
        let offset = lamp.position - in.world;
        let squared = max(dot(offset, offset), 1e-4);
        let direction = offset * inverseSqrt(squared);
        let fall = lamp.range * lamp.range / squared;
        let spot = smoothstep(lamp.cone_cos, lamp.cone_cos + 0.05, dot(-direction, lamp.axis));
        let amount = max(dot(normal, direction), 0.0) * fall * spot;
        light += lamp.color * amount;
        let half_way = normalize(direction + to_eye);
        shine += lamp.color * (amount * lobe * pow(max(dot(normal, half_way), 0.0), power));
    }
    // Schlick 1994. The sky's mirror image is taken from the same harmonics: blurred, but of the right colour and side.
    let grazing = pow(1.0 - max(dot(normal, to_eye), 0.0), 5.0);
    let fresnel = f0 + (max(vec3(1.0 - roughness), f0) - f0) * grazing;
#ifdef GLOSSY
    let mirrored = sky_irradiance(reflect(-to_eye, normal));
#else
    let mirrored = sky_light;
#endif
#ifdef TRANSLUCENT
    light *= color.a;
#endif
    let lit = albedo * light + fresnel * (mirrored + shine) + surface.emissive;
    return vec4(tone(lit * frame.exposure), in.id);
#endif
}

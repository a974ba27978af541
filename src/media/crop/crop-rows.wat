;; The inner loops of YuvCrop, four pixels at a time. Planes come scaled across, as rows of floats; they are scaled down, made RGB and rounded.
;; All pointers are in bytes. A row is `width` pixels, at least 4; where that is no multiple of 4, the last block overlaps the one before it.
(module
  (memory (export "memory") 16)

  ;; Four pixels at column `x` of the row made of `count` source rows, the first of them at `from`; `step` bytes from row to row.
  (func $down (param $from i32) (param $step i32) (param $weights i32) (param $count i32) (result v128)
    (local $sum v128)
    (local.set $sum (f32x4.mul (v128.load (local.get $from)) (v128.load32_splat (local.get $weights))))
    (block $done
      (loop $next
        (br_if $done (i32.le_s (local.tee $count (i32.sub (local.get $count) (i32.const 1))) (i32.const 0)))
        (local.set $from (i32.add (local.get $from) (local.get $step)))
        (local.set $weights (i32.add (local.get $weights) (i32.const 4)))
        (local.set $sum (f32x4.add (local.get $sum)
          (f32x4.mul (v128.load (local.get $from)) (v128.load32_splat (local.get $weights)))))
        (br $next)))
    (local.get $sum))

  ;; Four floats as bytes, in the lowest 32 bits.
  (func $bytes (param $value v128) (result v128)
    (local $words v128)
    (local.set $words (i16x8.narrow_i32x4_s
      (local.tee $words (i32x4.trunc_sat_f32x4_s (f32x4.nearest (local.get $value)))) (local.get $words)))
    (i8x16.narrow_i16x8_u (local.get $words) (local.get $words)))

  ;; Where the next block begins, or the end.
  (func $advance (param $x i32) (param $width i32) (result i32)
    (local $next i32)
    (if (result i32) (i32.or
          (i32.le_s (i32.add (local.tee $next (i32.add (local.get $x) (i32.const 4))) (i32.const 4)) (local.get $width))
          (i32.ge_s (local.get $next) (local.get $width)))
      (then (local.get $next))
      (else (i32.sub (local.get $width) (i32.const 4)))))

  ;; One row of brightness: factor and offset are those of gray.
  (func (export "grayRow")
    (param $y i32) (param $yWeights i32) (param $yCount i32) (param $width i32)
    (param $factor f32) (param $offset f32) (param $into i32)
    (local $x i32) (local $step i32)
    (local.set $step (i32.shl (local.get $width) (i32.const 2)))
    (loop $next
      (v128.store32_lane 0 (i32.add (local.get $into) (local.get $x))
        (call $bytes (f32x4.add (f32x4.splat (local.get $offset)) (f32x4.mul (f32x4.splat (local.get $factor))
          (call $down (i32.add (local.get $y) (i32.shl (local.get $x) (i32.const 2)))
            (local.get $step) (local.get $yWeights) (local.get $yCount))))))
      (br_if $next (i32.lt_s (local.tee $x (call $advance (local.get $x) (local.get $width))) (local.get $width)))))

  ;; One row of colour, as three rows of bytes. `sums` are eight floats: y, redV, greenU, greenV, blueU, red, green, blue.
  (func (export "colourRow")
    (param $y i32) (param $yWeights i32) (param $yCount i32)
    (param $u i32) (param $v i32) (param $uvWeights i32) (param $uvCount i32)
    (param $width i32) (param $sums i32) (param $red i32) (param $green i32) (param $blue i32)
    (local $x i32) (local $at i32) (local $step i32) (local $bright v128) (local $cb v128) (local $cr v128)
    (local.set $step (i32.shl (local.get $width) (i32.const 2)))
    (loop $next
      (local.set $at (i32.shl (local.get $x) (i32.const 2)))
      (local.set $bright (f32x4.mul (v128.load32_splat (local.get $sums))
        (call $down (i32.add (local.get $y) (local.get $at)) (local.get $step) (local.get $yWeights) (local.get $yCount))))
      (local.set $cb (call $down (i32.add (local.get $u) (local.get $at)) (local.get $step) (local.get $uvWeights) (local.get $uvCount)))
      (local.set $cr (call $down (i32.add (local.get $v) (local.get $at)) (local.get $step) (local.get $uvWeights) (local.get $uvCount)))
      (v128.store32_lane 0 (i32.add (local.get $red) (local.get $x))
        (call $bytes (f32x4.add (f32x4.add (local.get $bright) (v128.load32_splat offset=20 (local.get $sums)))
          (f32x4.mul (local.get $cr) (v128.load32_splat offset=4 (local.get $sums))))))
      (v128.store32_lane 0 (i32.add (local.get $green) (local.get $x))
        (call $bytes (f32x4.add (f32x4.add (local.get $bright) (v128.load32_splat offset=24 (local.get $sums)))
          (f32x4.add (f32x4.mul (local.get $cb) (v128.load32_splat offset=8 (local.get $sums)))
            (f32x4.mul (local.get $cr) (v128.load32_splat offset=12 (local.get $sums)))))))
      (v128.store32_lane 0 (i32.add (local.get $blue) (local.get $x))
        (call $bytes (f32x4.add (f32x4.add (local.get $bright) (v128.load32_splat offset=28 (local.get $sums)))
          (f32x4.mul (local.get $cb) (v128.load32_splat offset=16 (local.get $sums))))))
      (br_if $next (i32.lt_s (local.tee $x (call $advance (local.get $x) (local.get $width))) (local.get $width)))))

  ;; Three rows of bytes as one of three bytes a pixel; a row of the last is `3 * width` bytes.
  (func (export "packRow") (param $first i32) (param $second i32) (param $third i32) (param $width i32) (param $into i32)
    (local $x i32) (local $triple v128) (local $to i32)
    (loop $next
      (local.set $triple (i8x16.shuffle 0 4 16 1 5 17 2 6 18 3 7 19 0 0 0 0
        (i32x4.replace_lane 1 (v128.load32_zero (i32.add (local.get $first) (local.get $x)))
          (i32.load (i32.add (local.get $second) (local.get $x))))
        (v128.load32_zero (i32.add (local.get $third) (local.get $x)))))
      (local.set $to (i32.add (local.get $into) (i32.mul (local.get $x) (i32.const 3))))
      (v128.store64_lane 0 (local.get $to) (local.get $triple))
      (v128.store32_lane offset=8 2 (local.get $to) (local.get $triple))
      (br_if $next (i32.lt_s (local.tee $x (call $advance (local.get $x) (local.get $width))) (local.get $width)))))
)

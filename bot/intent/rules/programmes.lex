# Words by which people name a programme. lexicon.go says how to read this file. A class is a family of programmes.

[mask]
thời tiết

[covid]
covid, cô vít, covid 19, tiền dịch, dịch covid, hỗ trợ dịch, gói 26, gói 62, nghị quyết 68, nghị quyết 42, nq 68, nq 42, nq68, nghỉ không lương, lao động tự do, do dịch

[social_pension]
tiền già, tuổi già, người già, người cao tuổi, 75 tuổi, hưu trí xã hội, lương già, cao tuổi, người lớn tuổi

[disability]
khuyết tật, bị tật, tàn tật, tiền khuyết tật

[social_allowance]
bảo trợ, bảo trợ xã hội, mồ côi, đơn thân, trợ cấp xã hội

[merit]
thương binh, tuất, bệnh binh, da cam, liệt sĩ, người có công, chính sách, gia đình chính sách, đi lào, kháng chiến

[funeral]
mai táng, mai táng phí, chôn, chôn cất, ma chay, tử tuất

[poor]
hộ nghèo, cận nghèo, hộ cận nghèo, thoát nghèo

[rice]
gạo, giáp hạt, cứu đói

[housing]
nhà tạm, nhà dột, nhà dột nát, xây nhà, nhà tình nghĩa, đại đoàn kết

[study]
học phí, chi phí học tập, tiền học, con thương binh

[training]
học nghề, đào tạo nghề, đi xuất khẩu, xuất khẩu lao động

[insurance]  # the social insurance office's, not ours
lương hưu, bảo hiểm, bhxh, bhyt

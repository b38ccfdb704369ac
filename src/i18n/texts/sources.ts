import { texts } from '../texts.ts';

export const sources = texts(
  {
    sample: {
      parrots: 'parrots',
      face: 'a face',
      lighthouse: 'a lighthouse',
      houses: 'houses with a sign',
      sails: 'sails with numbers',
      wall: 'a stone wall',
      card: 'test card',
    },
  },
  {
    sample: {
      parrots: '鹦鹉',
      face: '人脸',
      lighthouse: '灯塔',
      houses: '带招牌的房屋',
      sails: '带编号的船帆',
      wall: '石墙',
      card: '测试图',
    },
  },
);
